"""Office files since 2007: DOCX, PPTX, XLSX."""
