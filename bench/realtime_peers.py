"""The peers of the realtime bench: a room of many clients on Node's `ws`, and on socket.io with its defaults."""

import asyncio

from bench.support.sockets import Socket, open_socket

WS = ("ws", "8.18.3")
WS_PROGRAM = """
const { WebSocketServer } = require("ws");
const server = new WebSocketServer({ port: Number(process.argv[2]), host: "127.0.0.1", perMessageDeflate: false });
server.on("connection", (socket) => socket.on("message", (data) => {
  const text = data.toString();
  for (const client of server.clients) client.send(text);
}));
"""
SOCKET_IO = ("socket.io", "4.8.1")
SOCKET_IO_PROGRAM = """
const { Server } = require("socket.io");
const io = new Server(Number(process.argv[2]), { transports: ["websocket"], serveClient: false });
io.on("connection", (socket) => {
  socket.join("room");
  socket.on("publish", (text) => io.to("room").emit("message", text));
});
"""


async def join_ws(port: int) -> Socket:
    """A client of the room on `ws`."""
    return await open_socket(port, "/")


async def join_socket_io(port: int) -> Socket:
    """A client of the room on socket.io (Engine.IO protocol 4, Socket.IO protocol 5)."""
    socket = await open_socket(port, "/socket.io/?EIO=4&transport=websocket")
    joined = asyncio.get_running_loop().create_future()

    def answer(text: bytes) -> None:
        if text.startswith(b"40") and not joined.done():
            joined.set_result(None)

    socket.on_text = answer
    socket.pong = b"3"  # else the server ends the connection after 45 s (Engine.IO protocol, "Heartbeat")
    socket.send(b"40")
    await joined
    socket.on_text = None
    return socket


def publish_ws(socket: Socket, text: str) -> None:
    socket.send(text.encode())


def publish_socket_io(socket: Socket, text: str) -> None:
    socket.send(f'42["publish","{text}"]'.encode())
