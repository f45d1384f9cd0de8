"""moto's own server as a program, in a process of its own: its state and its random numbers are the process's.

`GET /sent-mail` answers the raw messages that SES took, oldest first, as JSON: no AWS call tells them.
"""

import json
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.ses.models import ses_backends
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

moto = DomainDispatcherApplication(create_backend_app)


def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    if environ["PATH_INFO"] != "/sent-mail":
        answer: Iterable[bytes] = moto(environ, start_response)
        return answer
    sent = [
        message.raw_data for backend in ses_backends[DEFAULT_ACCOUNT_ID].values() for message in backend.sent_messages
    ]
    return Response(json.dumps(sent), content_type="application/json")(environ, start_response)


if __name__ == "__main__":
    server = make_server("127.0.0.1", 0, application, threaded=True)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()
