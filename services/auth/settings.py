"""Auth's own environment: the first administrator, and how long what it hands out lives."""

from functools import cache

from pydantic import Field, SecretStr

from shared.settings import CloisterSettings, read


class AuthSettings(CloisterSettings):
    """`CLOISTER_ADMIN_PASSWORD`, which may come from a file, and `CLOISTER_AUTH_…`"""

    admin_password: SecretStr = SecretStr("")
    auth_sign_in_hours: float = Field(8, gt=0, le=24 * 30)
    auth_bus_seconds: int = Field(300, ge=10, le=86_400, description="after this the bus checks a client anew")
    auth_free_attempts: int = Field(5, ge=1, description="wrong passwords of a name from one address before it waits")
    auth_name_attempts: int = Field(100, ge=5, description="wrong passwords of a name from new addresses, an hour")
    auth_address_attempts: int = Field(300, ge=5, description="wrong passwords from one address, an hour")
    auth_longest_wait: float = Field(60, ge=0, description="seconds")


@cache
def auth_settings() -> AuthSettings:
    """This process's settings, read once."""
    return read(AuthSettings)
