"""HTTP APIs as sources: GET alone, at paths and with parameters that their OpenAPI document names."""

from services.connectors.apis.reading import Api

__all__ = ["Api"]
