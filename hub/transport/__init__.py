"""How bytes cross the wall. A transport that receives is given the ``receive`` function; it knows no message."""
