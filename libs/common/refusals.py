"""Refuses a WebSocket before it is opened, by a problem document like any other answer."""

from starlette.types import Receive, Send

from libs.common.problems import MEDIA_TYPE, Problem, problem_body


async def refuse_socket(problem: Problem, receive: Receive, send: Send) -> None:
    """Answers the opening request by `problem` (ASGI's WebSocket Denial Response) and sees the connection end.

    Without the wait uvicorn would log that nothing was answered.
    """
    headers = [(name.lower().encode(), value.encode()) for name, value in problem.headers.items()]
    headers.append((b"content-type", MEDIA_TYPE.encode()))
    await send({"type": "websocket.http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": problem_body(problem)})
    ends = 0
    while ends < 2:  # uvicorn tells of the end when the answer is sent, and again when the connection is gone
        ends += (await receive())["type"] == "websocket.disconnect"
