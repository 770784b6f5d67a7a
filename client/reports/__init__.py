"""The monthly report as a page."""

from client.reports.page import page

__all__ = ["page"]
