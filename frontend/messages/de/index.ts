import account from "./account.json";
import ai_use from "./ai_use.json";
import ask from "./ask.json";
import assistants from "./assistants.json";
import billing from "./billing.json";
import checkout from "./checkout.json";
import common from "./common.json";
import conversations from "./conversations.json";
import dashboard from "./dashboard.json";
import deployments from "./deployments.json";
import errors from "./errors.json";
import forbidden from "./forbidden.json";
import invitation from "./invitation.json";
import knowledge from "./knowledge.json";
import landing from "./landing.json";
import login from "./login.json";
import onboarding from "./onboarding.json";
import plans from "./plans.json";
import problems from "./problems.json";
import signup from "./signup.json";
import team from "./team.json";

export default {
  account,
  ai_use,
  ask,
  assistants,
  billing,
  checkout,
  common,
  conversations,
  dashboard,
  deployments,
  errors,
  forbidden,
  invitation,
  knowledge,
  landing,
  login,
  onboarding,
  plans,
  problems,
  signup,
  team,
};
