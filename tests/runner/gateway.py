"""A gateway in front of the sandbox: notes every request, and may lose the answer to one."""

from collections.abc import Callable

from loopback import Handler, Loopback


class Gateway(Loopback):
    """Passes requests on; where `loses` says so, the caller hears nothing of the answer."""

    def __init__(self, behind: str, loses: Callable[[str, str], bool] = lambda _method, _path: False) -> None:
        super().__init__(_Handler)
        self.behind = behind
        self.loses = loses
        self.seen: list[tuple[str, str, bytes]] = []
        """Method, path and body of every request."""
        self.lost: list[bytes] = []
        """The answers that nobody heard."""

    def count(self, method: str, path: str) -> int:
        return sum(one == method and where.startswith(path) for one, where, _ in self.seen)


class _Handler(Handler):
    owner: Gateway

    def reply(self) -> None:
        gateway, body = self.owner, self.content()
        gateway.seen.append((self.command, self.path, body))
        answer, data = self.ask(gateway.behind, body)
        if gateway.loses(self.command, self.path):
            gateway.lost.append(data)
            return self.hang_up()
        told = ("Content-Type", "Content-Range", "Accept-Ranges")
        return self.send(
            answer.status, data, [(name, answer.headers[name]) for name in told if name in answer.headers]
        )
