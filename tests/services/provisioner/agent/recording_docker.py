"""Stands for the `docker` program: keeps each call, plays a database, and knows which services run."""

import json
import sys
from pathlib import Path


def main(state_folder: str, arguments: list[str]) -> int:
    folder = Path(state_folder)
    with (folder / "calls.jsonl").open("a") as calls:
        calls.write(json.dumps(arguments) + "\n")
    if (folder / "broken").exists() and " ".join(arguments).count((folder / "broken").read_text()):
        print("Error: as ordered", file=sys.stderr)
        return 1
    verb = arguments[0] if arguments[0] != "compose" else arguments[5]
    if verb == "exec":
        return play_database(folder / arguments[7], arguments[8:])
    print(ANSWERS.get(verb, ""))
    return 0


def play_database(database: Path, command: list[str]) -> int:
    """A dump prints what the database holds, a restore replaces it by what comes in."""
    if "dump" in " ".join(command):
        print(database.read_text() if database.exists() else "", end="")
    else:
        database.write_text(sys.stdin.read())
    return 0


ANSWERS = {
    "ps": '{"Service":"traefik","Name":"s-traefik-1","State":"running","Health":"healthy","Status":"Up 2 hours"}\n'
    '{"Service":"crm","Name":"s-crm-1","State":"running","Health":"healthy","Status":"Up 2 hours (healthy)"}\n'
    '{"Service":"files","Name":"s-files-1","State":"exited","Health":"","Status":"Exited (1)"}',
    "stats": '{"Name":"s-traefik-1","NetIO":"1MB / 3MB"}',
    "inspect": "/s-crm-1 2026-01-01T00:00:00.123456789Z\n/s-traefik-1 2026-01-02T00:00:00.5Z",
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
