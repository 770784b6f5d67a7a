"""OCR of scanned pages and images."""
