"""The words of auth's mails, by template and language. A language that is not here reads English."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MailText:
    """`{full_name}` and `{web_url}` are filled in; in an invitation `{inviter}`, `{company}` and `{link}`."""

    subject: str
    text: str


TEXTS: dict[str, dict[str, MailText]] = {
    "email_taken": {
        "en": MailText(
            subject="Somebody tried to sign up with your address",
            text=(
                "Hello {full_name},\n\n"
                "somebody, perhaps you, tried to sign up at StackPro with this e-mail address. You already have an "
                "account, so nothing was changed.\n\n"
                "If it was you, sign in at {web_url} instead. If it was not, you need not do anything.\n"
            ),
        ),
        "de": MailText(
            subject="Jemand wollte sich mit Ihrer Adresse anmelden",
            text=(
                "Guten Tag {full_name},\n\n"
                "jemand, vielleicht Sie selbst, wollte mit dieser E-Mail-Adresse ein Konto bei StackPro eröffnen. Sie "
                "haben bereits eines; es wurde nichts geändert.\n\n"
                "Waren Sie es, melden Sie sich bitte unter {web_url} an. Wenn nicht, brauchen Sie nichts zu tun.\n"
            ),
        ),
    },
    "invitation": {
        "en": MailText(
            subject="{inviter} invites you to {company} on StackPro",
            text=(
                "Hello,\n\n"
                "{inviter} invites you to work with {company} on StackPro. This link is good once, for seven days, and "
                "for you alone:\n\n"
                "{link}\n\n"
                "If you do not know {company}, you need not do anything.\n"
            ),
        ),
        "de": MailText(
            subject="{inviter} lädt Sie zu {company} bei StackPro ein",
            text=(
                "Guten Tag,\n\n"
                "{inviter} lädt Sie ein, mit {company} bei StackPro zu arbeiten. Dieser Link gilt einmal, sieben Tage "
                "lang und nur für Sie:\n\n"
                "{link}\n\n"
                "Wenn Sie {company} nicht kennen, brauchen Sie nichts zu tun.\n"
            ),
        ),
    },
    "password_changed": {
        "en": MailText(
            subject="Your StackPro password was changed",
            text=(
                "Hello {full_name},\n\n"
                "the password of your StackPro account was changed just now, and all your other sessions were signed "
                "out.\n\n"
                "If it was you, you need not do anything. If it was not, reply to this mail at once.\n"
            ),
        ),
        "de": MailText(
            subject="Ihr StackPro-Passwort wurde geändert",
            text=(
                "Guten Tag {full_name},\n\n"
                "das Passwort Ihres StackPro-Kontos wurde soeben geändert, und alle Ihre anderen Sitzungen wurden "
                "beendet.\n\n"
                "Waren Sie es, brauchen Sie nichts zu tun. Wenn nicht, antworten Sie bitte sofort auf diese Mail.\n"
            ),
        ),
    },
}


def mail_text(template: str, locale: str) -> MailText:
    """The text in the language of `locale`, a BCP 47 tag."""
    languages = TEXTS[template]
    return languages.get(locale.split("-", maxsplit=1)[0], languages["en"])
