"""The words of billing's mails, by kind. Parameters in braces are filled in; `web_url` and `full_name` always are."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MailText:
    """Subject and body."""

    subject: str
    text: str

    def filled(self, parameters: Mapping[str, str]) -> "MailText":
        """The text for one reader."""
        return MailText(self.subject.format_map(parameters), self.text.format_map(parameters))


TEXTS: Mapping[str, MailText] = {
    "trial_ending": MailText(
        subject="Your StackPro trial ends in {days_left} day(s)",
        text=(
            "Hello {full_name},\n\n"
            "the trial of {company} ends on {ends_on}. Choose a plan before then and everything simply goes on, with "
            "all your data:\n\n{web_url}/billing\n\n"
            "If you do nothing, your stack becomes read-only that day and is suspended a few days later.\n"
        ),
    ),
    "trial_grace": MailText(
        subject="Your StackPro trial has ended",
        text=(
            "Hello {full_name},\n\n"
            "the trial of {company} has ended. Your stack is read-only now: you can see and export everything, and "
            "choosing a plan makes it fully usable again at once:\n\n{web_url}/billing\n\n"
            "Without a plan it is suspended on {grace_ends_on}.\n"
        ),
    ),
    "trial_suspended": MailText(
        subject="Your StackPro stack is suspended",
        text=(
            "Hello {full_name},\n\n"
            "the stack of {company} is suspended because its trial is over. Your data is kept for 30 days from "
            "{grace_ends_on}. Choose a plan and it comes back with everything in it:\n\n{web_url}/billing\n"
        ),
    ),
    "payment_failed": MailText(
        subject="A payment for StackPro did not go through",
        text=(
            "Hello {full_name},\n\n"
            "the payment for {company} was not accepted. We try again during the next days. Please check the card or "
            "use another one:\n\n{web_url}/billing\n"
        ),
    ),
}
