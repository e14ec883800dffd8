"""What people of the factory read, in their language and their time zone."""
