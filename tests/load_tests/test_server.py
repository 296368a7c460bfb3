"""The server process of demos and proofs."""

import socket

from load_tests.server import free_port


def test_the_preferred_port_is_taken_when_it_is_free_and_another_when_it_is_not() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        taken = listener.getsockname()[1]
        assert free_port(taken) != taken
    assert free_port(taken) == taken
