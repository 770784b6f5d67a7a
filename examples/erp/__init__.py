"""The sample company's ERP: a database made by a script, and the declarations that open it to questions."""
