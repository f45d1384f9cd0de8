"""What can be wrong about evaluations."""

from libs.common.problems import Conflict, NotFound


class QuestionNotFound(NotFound):
    code = "evaluation_question_not_found"
    default_detail = "The evaluation set has no such question."


class RunNotFound(NotFound):
    code = "evaluation_run_not_found"
    default_detail = "There is no such evaluation of this assistant."


class NothingToEvaluate(Conflict):
    code = "nothing_to_evaluate"
    default_detail = "The evaluation set has no questions. Add some first."
