"""Text with marks: HTML, CSV and Markdown."""
