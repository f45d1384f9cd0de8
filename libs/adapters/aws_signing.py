"""Signs requests to those services of AWS that are spoken to over plain HTTP (Signature Version 4)."""

from collections.abc import Mapping

from aiobotocore.session import AioSession
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import NoCredentialsError

from libs.adapters.aws_settings import AwsSettings


class AwsSigner:
    """Signs for one service, such as `es`, and one region; the SDK renews what its chain of credentials gave."""

    def __init__(self, service: str, settings: AwsSettings) -> None:
        self._service = service
        self._region = settings.region
        self._session = AioSession()
        if settings.access_key_id is not None and settings.secret_access_key is not None:
            self._session.set_credentials(
                settings.access_key_id.get_secret_value(), settings.secret_access_key.get_secret_value()
            )

    async def headers(self, method: str, url: str, *, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """`headers` with the signature over them, `body` and `url`. Parameters of `url` stand in the order of names.

        Raises:
            BotoCoreError: there are no credentials, or they could not be renewed.
        """
        credentials = await self._session.get_credentials()
        if credentials is None:
            raise NoCredentialsError
        request = AWSRequest(method=method, url=url, headers=headers, data=body)
        SigV4Auth(await credentials.get_frozen_credentials(), self._service, self._region).add_auth(request)
        return dict(request.headers.items())
