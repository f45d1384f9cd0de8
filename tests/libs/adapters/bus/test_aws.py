"""How messages are put into batches for SNS, which the emulator does not limit."""

from libs.adapters.bus.aws import batches_of
from libs.adapters.bus.port import MAX_MESSAGE_BYTES, check_message
from libs.common.messages import BusMessage


def message(size: int) -> BusMessage:
    return BusMessage(id=str(size), type="t", body="x" * size)


def test_a_batch_has_ten_messages_at_most_and_keeps_their_order() -> None:
    messages = [message(size) for size in range(1, 25)]

    batches = list(batches_of(messages))

    assert [len(batch) for batch in batches] == [10, 10, 4]
    assert [one for batch in batches for one in batch] == messages


def test_a_batch_is_not_larger_than_one_message_may_be() -> None:
    batches = list(batches_of([message(100_000) for _ in range(5)]))

    assert [len(batch) for batch in batches] == [2, 2, 1]
    assert all(sum(check_message(one) for one in batch) <= MAX_MESSAGE_BYTES for batch in batches)
