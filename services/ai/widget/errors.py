"""What can be wrong about widgets."""

from libs.common.problems import Forbidden, NotFound, RateLimited


class WidgetNotFound(NotFound):
    code = "widget_not_found"
    default_detail = "There is no such widget, or it is switched off."


class OriginRefused(Forbidden):
    code = "widget_origin_refused"
    default_detail = "This widget does not answer on pages of this website. Add the website's origin to the widget."


class TooManyQuestions(RateLimited):
    code = "widget_too_many_questions"
    default_detail = "Too many questions were asked here for now. Come back later, or write to us."
