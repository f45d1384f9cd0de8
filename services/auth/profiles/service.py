"""What people change about themselves: name, language, password."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from libs.adapters.mail.outgoing import promise_mail
from libs.common.audit import record_audit
from libs.common.database import Database
from libs.common.members import Member
from libs.common.problems import Unauthenticated
from libs.common.request_context import current_request_id
from services.auth.accounts import repository as accounts
from services.auth.accounts.models import UserAccount
from services.auth.accounts.passwords import PasswordHasher, check_strength
from services.auth.accounts.service import SIGN_INS, known_words
from services.auth.attempts.service import count_try, forget_attempts
from services.auth.mails.models import OutgoingMail
from services.auth.profiles.errors import WrongPassword
from services.auth.sessions import repository as sessions


class Profiles:
    """Changes of a signed-in person's own account."""

    def __init__(self, database: Database, hasher: PasswordHasher) -> None:
        self._database = database
        self._hasher = hasher

    async def change(self, member: Member, changes: Mapping[str, str]) -> None:
        """Changes `full_name`, `locale` or both."""
        if changes:
            async with self._database.platform_session() as session:
                await accounts.change_profile(session, member.user_id, changes)

    async def change_password(self, member: Member, *, current: str, new: str, companies: Sequence[str]) -> None:
        """Changes the password and ends all other sessions of the person, in one transaction, and tells them by mail.

        Raises:
            RateLimited: too many tries, those of signing in included.
            WrongPassword: `current` is not the person's.
            WeakPassword: `new` is not good enough; `companies` are the names of the person's businesses.
            TooManySignIns
        """
        user = await self._user(member)
        check_strength(new, personal=known_words(user.email, user.full_name, companies), pointer="/new_password")
        await count_try(self._database, SIGN_INS, user.email)
        if not await self._hasher.verify(current, user.password_hash):
            raise WrongPassword
        await self._replace(member, user, await self._hasher.hash(new))

    async def _user(self, member: Member) -> UserAccount:
        async with self._database.platform_session() as session:
            user = await accounts.find_user(session, member.user_id)
        if user is None:
            raise Unauthenticated
        return user

    async def _replace(self, member: Member, user: UserAccount, new_hash: str) -> None:
        async with self._database.tenant_session(member.tenant_id) as session:
            # First the password: a sign-in with the old one holds it, and its session is seen by what follows.
            if not await accounts.change_password(session, user.id, old_hash=user.password_hash, new_hash=new_hash):
                raise WrongPassword
            await sessions.revoke_all(
                session, user.id, because="password_changed", now=datetime.now(UTC), but=member.session_id
            )
            await forget_attempts(session, SIGN_INS, user.email)
            await promise_mail(session, OutgoingMail, {"user_id": user.id}, kind="password_changed")
            await record_audit(
                session,
                tenant_id=member.tenant_id,
                actor=f"user:{user.id}",
                action="user.password_change",
                target=f"user:{user.id}",
                request_id=current_request_id(),
            )
