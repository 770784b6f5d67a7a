"""E-mail: EML, MBOX and Outlook's MSG."""
