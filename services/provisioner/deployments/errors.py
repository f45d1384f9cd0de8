"""Errors of deployments.

Problem
├── NotFound 404 ── DeploymentNotFound
└── Conflict 409 ── DeploymentFinished, PastThePivot, AlreadyGoingBack, NotFailed, Superseded
"""

from libs.common.problems import Conflict, NotFound


class DeploymentNotFound(NotFound):
    code = "deployment_not_found"
    default_detail = "There is no such deployment. List them with `GET /v1/deployments`."


class DeploymentFinished(Conflict):
    code = "deployment_finished"
    default_detail = "This deployment has ended, so that there is nothing left to cancel."


class PastThePivot(Conflict):
    code = "deployment_past_pivot"
    default_detail = "The stack is being switched over already: this deployment can only go on. Wait for its end."


class AlreadyGoingBack(Conflict):
    code = "deployment_going_back"
    default_detail = "This deployment failed and is taking back what it made. Wait for its end, then retry."


class NotFailed(Conflict):
    code = "deployment_not_failed"
    default_detail = "Only a deployment that ended without success can be retried."


class Superseded(Conflict):
    code = "deployment_superseded"
    default_detail = "A newer deployment of this stack exists. Look at that one."
