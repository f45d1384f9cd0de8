"""What can be wrong about a conversation.

Forbidden ──── AdminRequired, MembershipEnded
NotFound ───── ConversationNotFound, MemberNotFound
Conflict ───── ConversationArchived, DirectConversation, LastAdmin
Unprocessable ─ NotInBusiness, WrongShape
"""

from libs.common.problems import Conflict, FieldError, Forbidden, NotFound, Unprocessable


class ConversationNotFound(NotFound):
    code = "conversation_not_found"
    default_detail = "There is no such conversation among yours."


class MemberNotFound(NotFound):
    code = "member_not_found"
    default_detail = "This person does not take part in the conversation."


class AdminRequired(Forbidden):
    code = "conversation_admin_required"
    default_detail = "Only the admins of this conversation may do this. Ask one of them."


class MembershipEnded(Forbidden):
    code = "membership_ended"
    default_detail = "You no longer belong to this business."


class ConversationArchived(Conflict):
    code = "conversation_archived"
    default_detail = "This conversation is archived: it can only be read. An admin can take it out of the archive."


class DirectConversation(Conflict):
    code = "direct_conversation"
    default_detail = "A direct conversation stays between its two people. Open a group for more."


class LastAdmin(Conflict):
    code = "last_admin"
    default_detail = "The conversation needs an admin. Make someone else one first."


class NotInBusiness(Unprocessable):
    """Someone who was invited does not work in the business; `pointer` names them in the request."""

    code = "not_in_business"
    default_detail = "Only people and assistants of this business can take part. Nothing was changed."

    def __init__(self, pointer: str) -> None:
        error = FieldError(pointer=pointer, code=self.code, message="Nobody of this id works in this business.")
        super().__init__(errors=[error])


class WrongShape(Unprocessable):
    """A field does not fit the kind of conversation."""

    def __init__(self, pointer: str, code: str, message: str) -> None:
        super().__init__(errors=[FieldError(pointer=pointer, code=code, message=message)])
