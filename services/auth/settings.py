"""Settings of auth: the first administrator, lifetimes, and the issuer."""

from functools import cache
from pathlib import Path

from pydantic import Field, SecretStr, field_validator

from services.auth.credentials.front_ends import parsed
from shared.settings import CloisterSettings, read


class AuthSettings(CloisterSettings):
    """`CLOISTER_ADMIN_PASSWORD`, which may come from a file, and `CLOISTER_AUTH_…`"""

    admin_password: SecretStr = SecretStr("")
    auth_sign_in_hours: float = Field(8, gt=0, le=24 * 30)
    auth_bus_seconds: int = Field(300, ge=10, le=86_400, description="after this the bus checks a client anew")
    auth_free_attempts: int = Field(5, ge=1, description="wrong passwords of a name from one address before it waits")
    auth_name_attempts: int = Field(100, ge=5, description="wrong passwords of a name from new addresses, an hour")
    auth_address_attempts: int = Field(300, ge=5, description="wrong passwords from one address, an hour")
    auth_bus_connections: int = Field(20, ge=1, description="of one business system or auditor at the same time")
    auth_longest_wait: float = Field(60, ge=0, description="seconds")
    auth_front_ends: str = Field("", description="keys that may say whom they speak for: open-webui=example.com")
    auth_role_templates: Path | None = Field(None, description="a TOML file in the place of the shipped roles")

    @field_validator("auth_front_ends")
    @classmethod
    def _front_ends(cls, value: str) -> str:
        parsed(value)
        return value


@cache
def auth_settings() -> AuthSettings:
    """This process's settings, read once."""
    return read(AuthSettings)


class OidcSettings(CloisterSettings):
    """`CLOISTER_ISSUER` switches it on; without it there are local accounts alone."""

    issuer: str = Field("", description="as it stands in tokens: https://login.example.com/realms/cloister")
    issuer_url: str = Field("", description="where services reach it, when that is another address")
    audience: str = Field("cloister-api", min_length=1)
    clients: str = Field("cloister,cloister-cli", description="clients whose people may come, with commas between them")
    client: str = Field("cloister", min_length=1)
    client_secret: SecretStr = SecretStr("")
    directory_events_seconds: float = Field(0.5, gt=0, le=60)  # what is taken there ends here within a second
    directory_full_seconds: float = Field(3600, ge=10)

    @field_validator("issuer", "issuer_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError("it must be an address such as https://login.example.com/realms/cloister")
        return value.rstrip("/")

    @property
    def url(self) -> str:
        return self.issuer_url or self.issuer

    @property
    def known_clients(self) -> frozenset[str]:
        return frozenset(name.strip() for name in self.clients.split(",") if name.strip())


@cache
def oidc_settings() -> OidcSettings:
    """This process's settings, read once."""
    return read(OidcSettings)
