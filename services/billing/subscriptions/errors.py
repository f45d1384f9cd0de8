"""What can be wrong about a subscription."""

from libs.common.problems import NotFound


class NoSubscription(NotFound):
    code = "no_subscription"
    default_detail = "This business has not paid for a plan yet. Start a checkout to choose one."
