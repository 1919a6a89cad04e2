"""The load generator, for the benches: what it asks for and what it tells."""

import json
import subprocess

import databases


class Load:
    """Questions about the rides of a filled registry."""

    def __init__(self, program, key, letters, serials, turns):
        self.program, self.key, self.serials, self.turns = program, key, serials, turns
        self.asked = ["--letters", letters, "--serials", str(serials), "--from", str(databases.FIRST),
                      "--to", str(databases.FIRST + turns * databases.EVERY)]

    def start(self, address, nice=0, **orders):
        """Begins to ask; `told` waits for the end. `nice`: how far it stands back where others want to compute."""
        given = [part for name, value in orders.items() for part in (f"--{name}", str(value))]
        command = ["nice", "-n", str(nice), self.program, address, self.key, *self.asked, *given]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def ask(self, address, **orders):
        return told(self.start(address, **orders))


def told(process):
    words, _ = process.communicate()
    if process.returncode != 0:
        raise ChildProcessError(f"the load generator ended with {process.returncode}")
    return json.loads(words)
