"""cXML: documents of XML within an envelope that says from whom to whom, attachments beside it."""
