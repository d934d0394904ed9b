# ruff: noqa: ANN401 - the vendor's packages carry no types
"""The vendor's credentials package: its default chain, and the profiles of the CLI's file.

The package reads the environment once, when it is imported, and takes an empty variable for a
value. Here its settings are set from the environment before each use.
"""

import re
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gwlbfw.cloud.sdk.access_keys import CredentialsError, CredentialsSource, Keys
from gwlbfw.cloud.sdk.time_limit import result_within
from gwlbfw.cloud.sdk.vendor import vendor_module

_PREFIX = "ALIBABA_CLOUD_"

_SETTINGS = {
    # setting of alibabacloud_credentials.utils.auth_util: variable, and its value when unset
    "client_type": ("PROFILE", "default"),
    "environment_profile_name": ("PROFILE", None),
    "environment_access_key_id": ("ACCESS_KEY_ID", None),
    "environment_access_key_secret": ("ACCESS_KEY_SECRET", None),
    "environment_security_token": ("SECURITY_TOKEN", None),
    "environment_ecs_metadata": ("ECS_METADATA", None),
    "environment_ecs_metadata_disabled": ("ECS_METADATA_DISABLED", "false"),
    "environment_imds_v1_disabled": ("IMDSV1_DISABLED", "false"),
    "environment_credentials_file": ("CREDENTIALS_FILE", None),
    "environment_oidc_token_file": ("OIDC_TOKEN_FILE", None),
    "environment_oidc_provider_arn": ("OIDC_PROVIDER_ARN", None),
    "environment_role_arn": ("ROLE_ARN", None),
    "environment_role_session_name": ("ROLE_SESSION_NAME", None),
    "environment_credentials_uri": ("CREDENTIALS_URI", None),
    "environment_cli_profile_disabled": ("CLI_PROFILE_DISABLED", "false"),
    "environment_sts_region": ("STS_REGION", None),
    "environment_enable_vpc": ("VPC_ENDPOINT_ENABLED", "false"),
}


class ProviderChain:
    """A source that is a provider of the vendor's package, made when first needed.

    It reads files, runs commands and asks servers, each with time-outs of its own or with none:
    it is given up after `limit_s`.
    """

    def __init__(self, make: Callable[[], Any], what: str, limit_s: float) -> None:
        self._make = make
        self._what = what
        self._limit_s = limit_s
        self._provider: Any = None
        self._lock = threading.Lock()

    def get_credential(self) -> Keys:
        try:
            got = result_within(self._limit_s, self._ask)
        except TimeoutError:
            reason = f"no answer within {self._limit_s:g} s"
        except _errors() as error:
            reason = _without_secrets(str(error))
        else:
            return Keys(
                got.get_access_key_id(),
                got.get_access_key_secret(),
                got.get_security_token() or None,
                got.get_provider_name(),
            )
        # Outside the handler: the vendor's exceptions hold signed requests.
        raise CredentialsError(f"no credentials from {self._what}: {reason}")

    def _ask(self) -> Any:
        with self._lock:
            self._provider = self._provider or self._make()
        return self._provider.get_credentials()


def chain_source(environment: Mapping[str, str], limit_s: float) -> CredentialsSource:
    """The default chain: environment, OIDC, CLI profile, credentials file, instance role, URI."""

    def provider() -> Any:
        _apply_environment(environment)
        return vendor_module("alibabacloud_credentials.provider").DefaultCredentialsProvider()

    return ProviderChain(provider, "the default chain", limit_s)


def profile_source(
    profile: str, environment: Mapping[str, str], limit_s: float
) -> CredentialsSource:
    """The source for a profile of the CLI's file."""
    file = str(_home(environment) / ".aliyun" / "config.json")

    def provider() -> Any:
        _apply_environment(environment)
        vendor = vendor_module("alibabacloud_credentials.provider")
        return vendor.CLIProfileCredentialsProvider(profile_name=profile, profile_file=file)

    return ProviderChain(provider, f"profile {profile!r} of {file}", limit_s)


def _apply_environment(environment: Mapping[str, str]) -> None:
    settings: Any = vendor_module("alibabacloud_credentials.utils.auth_util")
    for name, (variable, unset) in _SETTINGS.items():
        setattr(settings, name, environment.get(_PREFIX + variable) or unset)
    settings.enable_oidc_credential = all(
        environment.get(_PREFIX + name)
        for name in ("OIDC_TOKEN_FILE", "OIDC_PROVIDER_ARN", "ROLE_ARN")
    )
    constants: Any = vendor_module("alibabacloud_credentials.utils.auth_constant")
    constants.HOME = str(_home(environment))


def _home(environment: Mapping[str, str]) -> Path:
    home = environment.get("HOME")
    return Path(home) if home else Path.home()


def _errors() -> tuple[type[Exception], ...]:
    """The exceptions of a provider: its own, and those of the HTTP library."""
    return (
        ValueError,
        OSError,
        vendor_module("alibabacloud_credentials.exceptions").CredentialException,
        vendor_module("Tea.exceptions").TeaException,
        vendor_module("Tea.exceptions").RetryError,
        vendor_module("darabonba.exceptions").RetryError,
    )


_ANSWER = re.compile(
    r"(?P<what>result|response|stderr|OAuth token): (?P<answer>.*?)"
    r"(?=['\"], ['\"]\w+Provider: |\]?$)",
    re.DOTALL,
)
"""The answer of a server or a command, up to the next provider of the chain."""
_CODE = re.compile(r"\"[Cc]ode\\?\"\s*:\s*\"([\w.]+)")


def _without_secrets(text: str) -> str:
    """The text on one line, without what may be secret in it.

    Those are users and passwords of URLs, their query strings, which are signed, and answers, of
    which only the error's code is left.
    """
    text = re.sub(r"://[^\s/'\")>]*@", "://…@", text)
    text = re.sub(r"\?[^\s'\")>]*", "?…", text)
    return " ".join(_ANSWER.sub(_answer_code, text).split())


def _answer_code(found: re.Match[str]) -> str:
    code = _CODE.search(found["answer"])
    return f"{found['what']}: {code[1] if code else '…'}"
