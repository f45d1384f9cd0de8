// Generated from the gateway's OpenAPI document by `make client`. Do not edit.
export interface paths {
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Keys that verify access tokens
         * @description Public ES256 keys. A new one appears ten minutes before it signs.
         */
        get: operations["get_jwks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How the platform's parts are
         * @description Each service with its dependencies and connection pools, and Valkey; at most two seconds old.
         */
        get: operations["get_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/invitations/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accept an invitation
         * @description Joins the business: with a new account, or with the one that the address has, by its password.
         */
        post: operations["accept_invitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/invitations/look": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Look at an invitation
         * @description What the token of a mail's link invites to. It stays good.
         */
        post: operations["look_at_invitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in
         * @description Opens a session. The answer never tells whether the address has an account.
         */
        post: operations["log_in"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign out
         * @description Ends the session of the refresh token, of the body or else of the cookie, which is cleared.
         *
         *     Its access token dies within ten minutes.
         */
        post: operations["log_out"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Renew a session, or switch business
         * @description Exchanges the refresh token, of the body or else of the cookie, for new tokens that go where it came from.
         *
         *     Each is used once: one that comes again later ends the session. Tabs that refresh at once get the same one.
         */
        post: operations["refresh_session"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where you are signed in
         * @description The person's sessions that have not ended, the last used first; at most 100.
         */
        get: operations["list_sessions"];
        put?: never;
        post?: never;
        /**
         * Sign out everywhere
         * @description Ends every session of the person, this one too. Access tokens that are out die within ten minutes.
         */
        delete: operations["end_all_sessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/sessions/{session_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End one session
         * @description Signs one device out; one that has been signed out stays so. Its access token dies within ten minutes.
         */
        delete: operations["end_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/signup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign up
         * @description Opens an account with a business of its own. The trial and its stack begin at once, by themselves.
         */
        post: operations["sign_up"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/billing/checkout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start a checkout
         * @description Opens Stripe's hosted page for a plan. While a page for the same plan is open, it is given again.
         */
        post: operations["start_checkout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/billing/plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the plans
         * @description Prices and limits of all plans. Needs no sign-in, and may be cached for five minutes.
         */
        get: operations["list_plans"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/billing/subscription": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the subscription
         * @description Plan, status in Stripe's words, and until when it is paid. 404 before the first payment.
         */
        get: operations["get_subscription"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/billing/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what was used
         * @description Every entitlement with what was used of it, the plan's limit, and whether that is hard (refused beyond it) or
         *     soft (charged beyond it).
         */
        get: operations["get_usage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/dashboard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Everything that a business sees first
         * @description Business, trial or subscription, stack with its apps, and the newest deployments.
         *
         *     When a service does not answer within two seconds, its parts are null and named in `unavailable`.
         */
        get: operations["get_dashboard"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deployments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List deployments, newest first
         * @description All runs of the pipeline for this business's stack.
         */
        get: operations["list_deployments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deployments/{deployment_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Look at a deployment
         * @description Its eight phases with their steps, how far it is, how long it will take as a rule, and, when it failed, what
         *     happened and what to do next.
         */
        get: operations["get_deployment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deployments/{deployment_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a deployment
         * @description Stops it after the step in hand and takes back what it made. Refused once the stack is being switched over.
         */
        post: operations["cancel_deployment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deployments/{deployment_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow a deployment live
         * @description What happened so far and what happens, as `deployment`, `step` and `log` events, until `end`.
         *
         *     The data of each is JSON with its moment (`at`). A `step` has `name`, `phase`, `status` and `progress`, and the
         *     `reason` of a wait or failure with, for an error, its `code`; a `log` has a `message` with its `step` and `phase`.
         *     `reauthenticate` ends the stream when the access token expires: come back with a new one and `Last-Event-ID`.
         */
        get: operations["follow_deployment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deployments/{deployment_id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Retry a deployment that failed
         * @description Queues a new deployment, which uses what is left of the old one. Asking twice gives the same new one.
         */
        post: operations["retry_deployment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who is signed in
         * @description The person, the business they work in now, their rights there, and their other businesses.
         */
        get: operations["get_me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change your name or language
         * @description Changes what is given, and answers with what is so then.
         */
        patch: operations["change_me"];
        trace?: never;
    };
    "/v1/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change your password
         * @description Needs the present password. All other sessions of the person end; this one goes on.
         */
        post: operations["change_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the people of the business
         * @description In the order in which they joined. Addresses are for those who may manage members, and one's own.
         */
        get: operations["list_members"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/members/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List open invitations, newest first
         * @description Those that wait for an answer.
         */
        get: operations["list_invitations"];
        put?: never;
        /**
         * Invite somebody
         * @description Sends a mail with a link that is good once, for seven days. Inviting again sends a new link; the old is void.
         */
        post: operations["invite_member"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/members/invitations/{invitation_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Withdraw an invitation
         * @description Its link is void from now on. One that has ended stays so.
         */
        delete: operations["withdraw_invitation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/members/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Leave the business
         * @description Ends one's own membership, and one's sessions in this business. The last owner cannot leave.
         */
        delete: operations["leave_business"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/members/seats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How many people there may be
         * @description The plan's limit, and how much of it members and open invitations take.
         */
        get: operations["get_seats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/members/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove a member
         * @description Ends the membership, and the person's sessions in this business. Only owners remove owners.
         */
        delete: operations["remove_member"];
        options?: never;
        head?: never;
        /**
         * Change a member's role
         * @description It counts from the person's next refresh on, within ten minutes. Only owners make and change owners.
         */
        patch: operations["change_member"];
        trace?: never;
    };
    "/v1/stacks/current": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Look at the stack
         * @description How the stack and its apps stand, where it is, and in how many ways it differs from what it should be.
         */
        get: operations["get_stack"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the platform works
         * @description Each service and whether it works, without a sign-in; asked within two seconds, and at most two seconds old.
         */
        get: operations["get_status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/stripe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Receive an event of Stripe's
         * @description Verifies the signature on the raw body and stores the event once.
         */
        post: operations["receive_stripe_event"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * AppState
         * @description One app of a stack and where it is reached.
         */
        AppState: {
            /**
             * Status
             * @enum {string}
             */
            status: "starting" | "healthy" | "unhealthy" | "unknown";
            /** Url */
            url: string;
        };
        /**
         * BackupSchedule
         * @description How often a plan's stacks are backed up, and how long a backup is kept.
         */
        BackupSchedule: {
            /** Every Hours */
            every_hours: number;
            /** Kept Days */
            kept_days: number;
        };
        /**
         * CheckoutAnswer
         * @description Send the buyer to `url`, Stripe's hosted page.
         * @example {
         *       "session_id": "cs_test_a1b2c3",
         *       "url": "https://checkout.stripe.com/c/pay/cs_test_a1b2c3"
         *     }
         */
        CheckoutAnswer: {
            /** Session Id */
            session_id: string;
            /** Url */
            url: string;
        };
        /**
         * CheckoutRequest
         * @description The plan to buy, and how often it is paid.
         */
        CheckoutRequest: {
            /**
             * Interval
             * @default month
             * @constant
             */
            interval?: "month";
            /**
             * Plan
             * @example business
             */
            plan: string;
        };
        /**
         * Dashboard
         * @description What a business sees first. A part is null where there is none, or where its name is in `unavailable`.
         * @example {
         *       "deployments": [],
         *       "stack": {
         *         "apps": {
         *           "crm": {
         *             "status": "healthy",
         *             "url": "http://backer-sohne-k3x9.localhost:8080/crm"
         *           }
         *         },
         *         "bandwidth_bytes": 0,
         *         "host_kind": "shared",
         *         "status": "healthy",
         *         "storage_bytes": 3000000,
         *         "uptime": 1,
         *         "url": "http://backer-sohne-k3x9.localhost:8080"
         *       },
         *       "tenant": {
         *         "country": "DE",
         *         "home_region": "us-east-1",
         *         "id": "0193b1d2-6a00-7000-8000-000000000001",
         *         "locale": "de-DE",
         *         "name": "Bäcker & Söhne",
         *         "slug": "backer-sohne-k3x9",
         *         "time_zone": "Europe/Berlin"
         *       },
         *       "trial": {
         *         "days_left": 14,
         *         "ends_at": "2026-12-05T10:00:00Z",
         *         "status": "active"
         *       },
         *       "unavailable": []
         *     }
         */
        Dashboard: {
            /** Deployments */
            deployments: components["schemas"]["DeploymentSummary"][] | null;
            stack: components["schemas"]["StackSummary"] | null;
            subscription: components["schemas"]["SubscriptionSummary"] | null;
            tenant: components["schemas"]["Tenant"] | null;
            trial: components["schemas"]["TrialSummary"] | null;
            /** Unavailable */
            unavailable: string[];
        };
        /**
         * DeploymentError
         * @description Why a deployment failed: a stable code, a sentence, and where it was.
         */
        DeploymentError: {
            /** Code */
            code: string;
            /** Message */
            message: string;
            /** Phase */
            phase?: string | null;
            /** Step */
            step?: string | null;
        };
        /**
         * DeploymentLine
         * @description A deployment in a list. `progress` is the percentage of finished steps; `message` says what happens or happened
         *     and what to do next.
         */
        DeploymentLine: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            error: components["schemas"]["DeploymentError"] | null;
            /** Finished At */
            finished_at: string | null;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Kind */
            kind: string;
            /** Message */
            message: string;
            /** Progress */
            progress: number;
            /** Started At */
            started_at: string | null;
            /**
             * Status
             * @enum {string}
             */
            status: "queued" | "running" | "waiting" | "succeeded" | "rolled_back" | "rollback_failed" | "canceled" | "needs_customer" | "needs_operator";
        };
        /**
         * DeploymentSummary
         * @description One line of the list of deployments; `progress` is the percentage of finished steps.
         */
        DeploymentSummary: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Kind */
            kind: string;
            /** Progress */
            progress: number;
            /**
             * Status
             * @enum {string}
             */
            status: "queued" | "running" | "waiting" | "succeeded" | "rolled_back" | "rollback_failed" | "canceled" | "needs_customer" | "needs_operator";
        };
        /**
         * DeploymentView
         * @description A deployment with its phases and steps. `cancelable` is false once it is switching over or has ended.
         *
         *     `cancel_requested` says that it was asked to stop; `retryable` that it ended without success and is the newest.
         *     `expected_finished_at` is null where nobody can say.
         */
        DeploymentView: {
            /** Cancel Requested */
            cancel_requested: boolean;
            /** Cancelable */
            cancelable: boolean;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            error: components["schemas"]["DeploymentError"] | null;
            /** Expected Finished At */
            expected_finished_at: string | null;
            /** Finished At */
            finished_at: string | null;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Kind */
            kind: string;
            /** Message */
            message: string;
            /** Phases */
            phases: components["schemas"]["PhaseView"][];
            /** Progress */
            progress: number;
            /** Retryable */
            retryable: boolean;
            /** Started At */
            started_at: string | null;
            /**
             * Status
             * @enum {string}
             */
            status: "queued" | "running" | "waiting" | "succeeded" | "rolled_back" | "rollback_failed" | "canceled" | "needs_customer" | "needs_operator";
        };
        /**
         * EntitlementAnswer
         * @description How an entitlement is counted; use beyond a `hard` limit is refused, beyond a `soft` one charged.
         */
        EntitlementAnswer: {
            /**
             * Kind
             * @enum {string}
             */
            kind: "soft" | "hard";
            /** Limit */
            limit: number | null;
            overage: components["schemas"]["OverageAnswer"] | null;
            /**
             * Unit
             * @example byte
             */
            unit: string;
        };
        /**
         * EntitlementUse
         * @description One entitlement, in its unit. `used` is of this month where it is `monthly`, else what stands at present.
         *
         *     `limit` and `percent` are null where it is unlimited; more than 100 percent is possible where the limit is soft.
         */
        EntitlementUse: {
            /**
             * Entitlement
             * @example storage_bytes
             */
            entitlement: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "soft" | "hard";
            /**
             * Limit
             * @example 1073741824
             */
            limit: number | null;
            /** Monthly */
            monthly: boolean;
            /**
             * Percent
             * @example 68
             */
            percent: number | null;
            /**
             * Unit
             * @example byte
             */
            unit: string;
            /**
             * Used
             * @example 734003200
             */
            used: number;
        };
        /**
         * FieldError
         * @description What is wrong with one field; `pointer` is a JSON pointer into the request (RFC 6901).
         */
        FieldError: {
            /** Code */
            code: string;
            /** Message */
            message: string;
            /**
             * Params
             * @default {}
             */
            params?: {
                [key: string]: unknown;
            };
            /** Pointer */
            pointer: string;
        };
        /**
         * Health
         * @description `status` is `ok`, or `degraded` when any part is not.
         */
        Health: {
            /** Parts */
            parts: {
                [key: string]: components["schemas"]["PartHealth"];
            };
            /** Status */
            status: string;
        };
        /**
         * InvitationAcceptance
         * @description The password of the account that there is, or name and password of a new one.
         */
        InvitationAcceptance: {
            /**
             * Full Name
             * @description Of a new account; left alone for one that exists.
             * @example Grace Hopper
             */
            full_name?: string | null;
            /**
             * Locale
             * @description Language of a new account; by default as `Accept-Language` says.
             */
            locale?: string | null;
            /**
             * Password
             * Format: password
             * @example seven quiet otters build a bridge
             */
            password: string;
            /**
             * Session
             * @description Where the refresh token goes: into the answer, or into an HttpOnly cookie, for the web app alone.
             * @default token
             * @enum {string}
             */
            session?: "token" | "cookie";
            /**
             * Token
             * Format: password
             * @description From the link in the mail, where it stands behind the `#`.
             * @example Wk2pVt9sQz4xYc7bNf1mLr6dHg8jTa3eUo5iKs0wEvM
             */
            token: string;
        };
        /**
         * InvitationAnswer
         * @description An invitation that waits for an answer; `invited_by` is a user id.
         */
        InvitationAnswer: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Email */
            email: string;
            /**
             * Expires At
             * Format: date-time
             */
            expires_at: string;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /**
             * Invited By
             * Format: uuid
             */
            invited_by: string;
            /**
             * Role
             * @enum {string}
             */
            role: "admin" | "member" | "viewer";
        };
        /**
         * InvitationLook
         * @description The token, in the body: no log of addresses ever sees it.
         */
        InvitationLook: {
            /**
             * Token
             * Format: password
             * @description From the link in the mail, where it stands behind the `#`.
             * @example Wk2pVt9sQz4xYc7bNf1mLr6dHg8jTa3eUo5iKs0wEvM
             */
            token: string;
        };
        /**
         * InvitationRequest
         * @description Who is to join, and as what. Owners are made of members.
         */
        InvitationRequest: {
            /**
             * Email
             * Format: email
             * @example ada@example.com
             */
            email: string;
            /**
             * Role
             * @example member
             * @enum {string}
             */
            role: "admin" | "member" | "viewer";
        };
        /**
         * InvitationSeen
         * @description To whom and what a valid token invites. `needs_account` is false for an address that has an account.
         */
        InvitationSeen: {
            /** Company */
            company: string;
            /** Email */
            email: string;
            /** Needs Account */
            needs_account: boolean;
            /**
             * Role
             * @enum {string}
             */
            role: "admin" | "member" | "viewer";
        };
        /**
         * JwkSet
         * @description RFC 7517 §5.
         */
        JwkSet: {
            /** Keys */
            keys: {
                [key: string]: unknown;
            }[];
        };
        /**
         * LoginRequest
         * @description Address and password.
         */
        LoginRequest: {
            /**
             * Email
             * Format: email
             * @example ada@example.com
             */
            email: string;
            /**
             * Password
             * Format: password
             * @example seven quiet otters build a bridge
             */
            password: string;
            /**
             * Session
             * @description Where the refresh token goes: into the answer, or into an HttpOnly cookie, for the web app alone.
             * @default token
             * @enum {string}
             */
            session?: "token" | "cookie";
        };
        /**
         * LogoutRequest
         * @description The refresh token of the session to end.
         * @example {
         *       "refresh_token": "Rf3kq0Zb7uXw1nYc5tVd8sLg2pJh6mQe"
         *     }
         * @example {}
         */
        LogoutRequest: {
            /**
             * Refresh Token
             * @description Without it, the session of the cookie is ended, and the cookie cleared.
             * @example Rf3kq0Zb7uXw1nYc5tVd8sLg2pJh6mQe
             */
            refresh_token?: string | null;
        };
        /**
         * MeAnswer
         * @description Who is signed in, where, and what they may do there.
         */
        MeAnswer: {
            /** Memberships */
            memberships: components["schemas"]["MembershipAnswer"][];
            /** Permissions */
            permissions: string[];
            /** Role */
            role: string;
            tenant: components["schemas"]["TenantAnswer"];
            user: components["schemas"]["UserAnswer"];
        };
        /**
         * MemberAnswer
         * @description A person of the business. `email` is null for those who may neither manage members nor are that person.
         */
        MemberAnswer: {
            /** Email */
            email: string | null;
            /** Full Name */
            full_name: string;
            /**
             * Joined At
             * Format: date-time
             */
            joined_at: string;
            /**
             * Role
             * @enum {string}
             */
            role: "owner" | "admin" | "member" | "viewer";
            /**
             * User Id
             * Format: uuid
             */
            user_id: string;
        };
        /**
         * MembershipAnswer
         * @description A business that the person belongs to, and their role in it.
         */
        MembershipAnswer: {
            /** Role */
            role: string;
            tenant: components["schemas"]["TenantAnswer"];
        };
        /**
         * OverageAnswer
         * @description `amount` in minor units for every begun `per` units beyond the limit.
         */
        OverageAnswer: {
            /** Amount */
            amount: number;
            /** Per */
            per: number;
        };
        /** Page[DeploymentLine] */
        Page_DeploymentLine_: {
            /** Items */
            items: components["schemas"]["DeploymentLine"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[InvitationAnswer] */
        Page_InvitationAnswer_: {
            /** Items */
            items: components["schemas"]["InvitationAnswer"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[MemberAnswer] */
        Page_MemberAnswer_: {
            /** Items */
            items: components["schemas"]["MemberAnswer"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /**
         * PartHealth
         * @description One part: `ok` or what is wrong, and for a service its dependencies and connection pools.
         */
        PartHealth: {
            /**
             * Dependencies
             * @default {}
             */
            dependencies?: {
                [key: string]: string;
            };
            /**
             * Pools
             * @default {}
             */
            pools?: {
                [key: string]: string;
            };
            /** Status */
            status: string;
        };
        /**
         * PasswordChange
         * @description The present password as proof, and the new one, which must be as good as at sign-up.
         */
        PasswordChange: {
            /**
             * Current Password
             * Format: password
             * @example seven quiet otters build a bridge
             */
            current_password: string;
            /**
             * New Password
             * Format: password
             * @example seven quiet otters build a bridge
             */
            new_password: string;
        };
        /**
         * PhaseView
         * @description One of the eight phases. Its times are those of its first and last step; `expected_seconds` is how long the
         *     whole phase takes as a rule.
         */
        PhaseView: {
            /** Expected Seconds */
            expected_seconds: number;
            /** Finished At */
            finished_at: string | null;
            /**
             * Name
             * @enum {string}
             */
            name: "validate" | "network" | "storage" | "database" | "compute" | "dns_tls" | "applications" | "verify";
            /** Started At */
            started_at: string | null;
            /**
             * Status
             * @enum {string}
             */
            status: "pending" | "running" | "waiting" | "done" | "failed" | "going_back" | "taken_back";
            /** Steps */
            steps: components["schemas"]["StepView"][];
        };
        /**
         * PlanAnswer
         * @description A plan. Keys of `limits` are the entitlements; null is unlimited. `trial_days` is null where it is paid.
         */
        PlanAnswer: {
            backups: components["schemas"]["BackupSchedule"] | null;
            /** Entitlements */
            entitlements: {
                [key: string]: components["schemas"]["EntitlementAnswer"];
            };
            /** Features */
            features: string[];
            /**
             * Id
             * @example business
             */
            id: string;
            /**
             * Limits
             * @example {
             *       "custom_domains": 5,
             *       "users": 50
             *     }
             */
            limits: {
                [key: string]: number | null;
            };
            /**
             * Name
             * @example Business
             */
            name: string;
            price: components["schemas"]["PriceAnswer"];
            /** Purchasable */
            purchasable: boolean;
            /** Trial Days */
            trial_days: number | null;
        };
        /**
         * PlanList
         * @description All plans, the smallest first.
         */
        PlanList: {
            /** Items */
            items: components["schemas"]["PlanAnswer"][];
        };
        /**
         * PlatformStatus
         * @description `status` is `degraded` when any service does not work; the others go on working then.
         * @example {
         *       "services": [
         *         {
         *           "name": "auth",
         *           "status": "operational"
         *         },
         *         {
         *           "name": "billing",
         *           "status": "unavailable"
         *         },
         *         {
         *           "name": "provisioner",
         *           "status": "operational"
         *         }
         *       ],
         *       "status": "degraded"
         *     }
         */
        PlatformStatus: {
            /** Services */
            services: components["schemas"]["ServiceStatus"][];
            /**
             * Status
             * @enum {string}
             */
            status: "operational" | "degraded";
        };
        /**
         * PriceAnswer
         * @description `amount` in minor units of `currency` (ISO 4217) per `interval`.
         */
        PriceAnswer: {
            /**
             * Amount
             * @example 59900
             */
            amount: number;
            /**
             * Currency
             * @example USD
             */
            currency: string;
            /**
             * Interval
             * @constant
             */
            interval: "month";
        };
        /**
         * ProblemDocument
         * @description The body of every answer that is not a success (RFC 9457).
         */
        ProblemDocument: {
            /** Code */
            code: string;
            /** Detail */
            detail: string;
            /**
             * Errors
             * @default []
             */
            errors?: components["schemas"]["FieldError"][];
            /** Request Id */
            request_id: string;
            /** Status */
            status: number;
            /** Title */
            title: string;
            /**
             * Type
             * @default about:blank
             */
            type?: string;
        };
        /**
         * ProfileChange
         * @description What is to change; what is left out, or null, stays.
         * @example {
         *       "full_name": "Ada King",
         *       "locale": "de"
         *     }
         */
        ProfileChange: {
            /**
             * Full Name
             * @example Ada King
             */
            full_name?: string | null;
            /**
             * Locale
             * @description Language of the web app and of mails.
             * @example de
             */
            locale?: string | null;
        };
        /**
         * RefreshRequest
         * @description A refresh token, and the business to work in if it is to change.
         * @example {
         *       "refresh_token": "Rf3kq0Zb7uXw1nYc5tVd8sLg2pJh6mQe"
         *     }
         * @example {}
         */
        RefreshRequest: {
            /**
             * Refresh Token
             * @description Without it, the session cookie is used.
             * @example Rf3kq0Zb7uXw1nYc5tVd8sLg2pJh6mQe
             */
            refresh_token?: string | null;
            /**
             * Tenant Id
             * @description Switches to this business.
             */
            tenant_id?: string | null;
        };
        /**
         * RetryAnswer
         * @description The new deployment.
         */
        RetryAnswer: {
            /**
             * Id
             * Format: uuid
             */
            id: string;
        };
        /**
         * RoleChange
         * @description The role that a member is to have.
         */
        RoleChange: {
            /**
             * Role
             * @example member
             * @enum {string}
             */
            role: "owner" | "admin" | "member" | "viewer";
        };
        /**
         * SeatsAnswer
         * @description How many people the plan allows, null for any number, and what counts: members and open invitations.
         */
        SeatsAnswer: {
            /** Invitations */
            invitations: number;
            /** Limit */
            limit: number | null;
            /** Members */
            members: number;
        };
        /**
         * ServiceStatus
         * @description A service that works, or does not at the moment.
         */
        ServiceStatus: {
            /** Name */
            name: string;
            /**
             * Status
             * @enum {string}
             */
            status: "operational" | "unavailable";
        };
        /**
         * SessionAnswer
         * @description One sign-in that has not ended; `user_agent` is what the browser called itself then, `current` is this one.
         */
        SessionAnswer: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Current */
            current: boolean;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /**
             * Last Used At
             * Format: date-time
             */
            last_used_at: string;
            /** User Agent */
            user_agent: string | null;
        };
        /**
         * SessionsAnswer
         * @description A person's sessions, the last used first.
         */
        SessionsAnswer: {
            /** Items */
            items: components["schemas"]["SessionAnswer"][];
        };
        /**
         * SignUpAnswer
         * @description The account, its business, and a first session.
         */
        SignUpAnswer: {
            /** Access Token */
            access_token: string;
            /** Expires In */
            expires_in: number;
            /** Refresh Token */
            refresh_token: string | null;
            tenant: components["schemas"]["TenantAnswer"];
            /**
             * Token Type
             * @default Bearer
             */
            token_type?: string;
            user: components["schemas"]["UserAnswer"];
        };
        /**
         * SignUpRequest
         * @description A visitor's account and business.
         */
        SignUpRequest: {
            /**
             * Company
             * @example Bäcker & Söhne
             */
            company: string;
            /**
             * Email
             * Format: email
             * @example ada@example.com
             */
            email: string;
            /**
             * Full Name
             * @example Ada Lovelace
             */
            full_name: string;
            /**
             * Locale
             * @description Language of the person and the business; by default as `Accept-Language` says.
             */
            locale?: string | null;
            /**
             * Password
             * Format: password
             * @example seven quiet otters build a bridge
             */
            password: string;
            /**
             * Plan
             * @description The plan wanted.
             * @default trial
             */
            plan?: string;
            /**
             * Session
             * @description Where the refresh token goes: into the answer, or into an HttpOnly cookie, for the web app alone.
             * @default token
             * @enum {string}
             */
            session?: "token" | "cookie";
        };
        /**
         * StackSummary
         * @description A stack as the dashboard shows it. `uptime` is the share of time since it became healthy, 0 to 1.
         */
        StackSummary: {
            /** Apps */
            apps: {
                [key: string]: components["schemas"]["AppState"];
            };
            /** Bandwidth Bytes */
            bandwidth_bytes: number;
            /** Host Kind */
            host_kind: ("shared" | "dedicated") | null;
            /** Last Backup At */
            last_backup_at: string | null;
            /**
             * Status
             * @enum {string}
             */
            status: "queued" | "provisioning" | "healthy" | "degraded" | "unreachable" | "error";
            /** Storage Bytes */
            storage_bytes: number;
            /** Uptime */
            uptime: number | null;
            /** Url */
            url: string;
        };
        /**
         * StackView
         * @description A stack as its owner sees it. `drift` counts the open differences from what it should be; `generation` is up to
         *     date when it equals `desired_generation`.
         */
        StackView: {
            /** Apps */
            apps: {
                [key: string]: components["schemas"]["AppState"];
            };
            /** Bandwidth Bytes */
            bandwidth_bytes: number;
            /** Desired Generation */
            desired_generation: number;
            /** Drift */
            drift: number;
            /** Generation */
            generation: number;
            /** Host Kind */
            host_kind: ("shared" | "dedicated") | null;
            /** Last Backup At */
            last_backup_at: string | null;
            /** Slug */
            slug: string;
            /**
             * Status
             * @enum {string}
             */
            status: "queued" | "provisioning" | "healthy" | "degraded" | "unreachable" | "error";
            /** Storage Bytes */
            storage_bytes: number;
            /** Uptime */
            uptime: number | null;
            /** Url */
            url: string;
        };
        /** StepError */
        StepError: {
            /** Code */
            code: string;
            /** Message */
            message: string;
        };
        /**
         * StepView
         * @description One step; `reason` says what it waits for.
         */
        StepView: {
            /** Attempts */
            attempts: number;
            error: components["schemas"]["StepError"] | null;
            /** Finished At */
            finished_at: string | null;
            /** Name */
            name: string;
            /** Reason */
            reason: string | null;
            /** Started At */
            started_at: string | null;
            /**
             * Status
             * @enum {string}
             */
            status: "pending" | "running" | "waiting" | "done" | "failed" | "compensating" | "compensated" | "compensation_failed";
        };
        /**
         * SubscriptionSummary
         * @description The subscription as the customer sees it; `status` is Stripe's word.
         */
        SubscriptionSummary: {
            /** Cancel At Period End */
            cancel_at_period_end: boolean;
            /**
             * Current Period End
             * Format: date-time
             */
            current_period_end: string;
            /** Plan */
            plan: string;
            /** Status */
            status: string;
        };
        /**
         * Tenant
         * @description A business; `country` is ISO 3166-1 alpha-2, `time_zone` an IANA name, `locale` a BCP 47 tag.
         */
        Tenant: {
            /** Country */
            country: string | null;
            /** Home Region */
            home_region: string;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Locale */
            locale: string;
            /** Name */
            name: string;
            /** Slug */
            slug: string;
            /** Time Zone */
            time_zone: string;
        };
        /**
         * TenantAnswer
         * @description A business; `slug` is its subdomain.
         */
        TenantAnswer: {
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Name */
            name: string;
            /** Slug */
            slug: string;
        };
        /**
         * TokenAnswer
         * @description `expires_in` is the access token's life in seconds; `refresh_token` is null where it is in the cookie.
         */
        TokenAnswer: {
            /** Access Token */
            access_token: string;
            /** Expires In */
            expires_in: number;
            /** Refresh Token */
            refresh_token: string | null;
            /**
             * Token Type
             * @default Bearer
             */
            token_type?: string;
        };
        /**
         * TrialSummary
         * @description `days_left` counts begun days and is 0 after the end.
         */
        TrialSummary: {
            /** Days Left */
            days_left: number;
            /**
             * Ends At
             * Format: date-time
             */
            ends_at: string;
            /**
             * Status
             * @enum {string}
             */
            status: "active" | "grace" | "suspended" | "converted";
        };
        /**
         * UsageAnswer
         * @description What a business has used. `month` is the calendar month (UTC) that monthly use is counted in.
         */
        UsageAnswer: {
            /** Items */
            items: components["schemas"]["EntitlementUse"][];
            /**
             * Month
             * @example 2026-11
             */
            month: string;
            /**
             * Plan
             * @example starter
             */
            plan: string;
        };
        /**
         * UserAnswer
         * @description A person; `locale` is a BCP 47 tag.
         */
        UserAnswer: {
            /** Email */
            email: string;
            /** Full Name */
            full_name: string;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Locale */
            locale: string;
        };
        /**
         * WebhookReceipt
         * @description The event is stored and will be worked off; `duplicate` if it had come before.
         */
        WebhookReceipt: {
            /** Duplicate */
            duplicate: boolean;
            /**
             * Received
             * @default true
             */
            received?: boolean;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    get_jwks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JwkSet"];
                };
            };
            /** @description Some fields are not valid (`invalid_request`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Temporarily unavailable (`busy`) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    get_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    accept_invitation: {
        parameters: {
            query?: never;
            header?: {
                /** @description `1`, wherever the session cookie is set or used. */
                "X-CSRF-Protection"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InvitationAcceptance"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignUpAnswer"];
                };
            };
            /** @description The request cannot be understood (`bad_request`) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Sign in first (`wrong_credentials`) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description You may not do this (`csrf_refused`, `tenant_read_only`, `tenant_suspended`) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Not found (`invitation_not_valid`) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The request took too long to arrive (`request_timeout`) */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description This does not fit the present state (`email_taken`, `already_member`, `limit_reached`) */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The request is too large (`payload_too_large`) */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Some fields are not valid (`full_name_missing`, `weak_password`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Too many requests (`rate_limited`) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Temporarily unavailable (`unavailable`) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    look_at_invitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InvitationLook"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationSeen"];
                };
            };
            /** @description The request cannot be understood (`bad_request`) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Not found (`invitation_not_valid`) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The request took too long to arrive (`request_timeout`) */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The request is too large (`payload_too_large`) */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Some fields are not valid (`invalid_request`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Temporarily unavailable (`busy`) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    log_in: {
        parameters: {
            query?: never;
            header?: {
                /** @description `1`, wherever the session cookie is set or used. */
                "X-CSRF-Protection"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LoginRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenAnswer"];
                };
            };
            /** @description The request cannot be understood (`bad_request`) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Sign in first (`wrong_credentials`) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description You may not do this (`csrf_refused`) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The request took too long to arrive (`request_timeout`) */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The request is too large (`payload_too_large`) */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Some fields are not valid (`invalid_request`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Too many requests (`rate_limited`) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Temporarily unavailable (`unavailable`) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    log_out: {
        parameters: {
            query?: never;
            header?: {
                /** @description `1`, wherever the session cookie is set or used. */
                "X-CSRF-Protection"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LogoutRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request cannot be understood (`ambiguous_cookie`) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description You may not do this (`csrf_refused`) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The request took too long to arrive (`request_timeout`) */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The request is too large (`payload_too_large`) */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Some fields are not valid (`invalid_request`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Temporarily unavailable (`busy`) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    refresh_session: {
        parameters: {
            query?: never;
            header?: {
                /** @description `1`, wherever the session cookie is set or used. */
                "X-CSRF-Protection"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefreshRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenAnswer"];
                };
            };
            /** @description The request cannot be understood (`ambiguous_cookie`) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Sign in first (`invalid_refresh_token`) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description You may not do this (`csrf_refused`) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Not found (`not_found`) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The request took too long to arrive (`request_timeout`) */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The request is too large (`payload_too_large`) */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Some fields are not valid (`invalid_request`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Temporarily unavailable (`busy`) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    list_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionsAnswer"];
                };
            };
            /** @description Sign in first (`unauthenticated`) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Some fields are not valid (`invalid_request`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Temporarily unavailable (`busy`) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    end_all_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Sign in first (`unauthenticated`) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Some fields are not valid (`invalid_request`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Temporarily unavailable (`busy`) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    end_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Sign in first (`unauthenticated`) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Not found (`not_found`) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Some fields are not valid (`invalid_request`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Temporarily unavailable (`busy`) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    sign_up: {
        parameters: {
            query?: never;
            header?: {
                /** @description `1`, wherever the session cookie is set or used. */
                "X-CSRF-Protection"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignUpRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignUpAnswer"];
                };
            };
            /** @description The request cannot be understood (`bad_request`) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description You may not do this (`csrf_refused`) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The request took too long to arrive (`request_timeout`) */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description This does not fit the present state (`email_taken`) */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The request is too large (`payload_too_large`) */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Some fields are not valid (`weak_password`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Too many requests (`rate_limited`) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Temporarily unavailable (`unavailable`) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    start_checkout: {
        parameters: {
            query?: never;
            header?: {
                /** @description Send a write again with the same key and it is done once. */
                "idempotency-key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CheckoutRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckoutAnswer"];
                };
            };
            /** @description The request cannot be understood (`bad_request`) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Sign in first (`unauthenticated`) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description You may not do this (`forbidden`) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The request took too long to arrive (`request_timeout`) */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description This does not fit the present state (`already_subscribed`, `checkout_paid`, `checkout_busy`, `idempotency_key_in_use`) */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The request is too large (`payload_too_large`) */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Some fields are not valid (`unknown_plan`, `plan_not_purchasable`, `idempotency_key_reused`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Payments are temporarily unavailable (`payments_unavailable`, `service_unavailable`) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    list_plans: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlanList"];
                };
            };
            /** @description Some fields are not valid (`invalid_request`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Temporarily unavailable (`busy`) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    get_subscription: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubscriptionSummary"];
                };
            };
            /** @description Sign in first (`unauthenticated`) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description You may not do this (`forbidden`) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Not found (`no_subscription`) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Some fields are not valid (`invalid_request`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Temporarily unavailable (`busy`) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    get_usage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsageAnswer"];
                };
            };
            /** @description Sign in first (`unauthenticated`) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description You may not do this (`forbidden`) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Some fields are not valid (`invalid_request`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Temporarily unavailable (`busy`) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    get_dashboard: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dashboard"];
                };
            };
            /** @description Sign in first (`unauthenticated`) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description You may not do this (`forbidden`) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Too many requests (`rate_limited`) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    list_deployments: {
        parameters: {
            query?: {
                /** @description How many items at the most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_DeploymentLine_"];
                };
            };
            /** @description The request cannot be understood (`bad_cursor`) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Sign in first (`unauthenticated`) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description You may not do this (`forbidden`) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Some fields are not valid (`invalid_request`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Temporarily unavailable (`busy`) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    get_deployment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                deployment_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeploymentView"];
                };
            };
            /** @description Sign in first (`unauthenticated`) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description You may not do this (`forbidden`) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Not found (`deployment_not_found`) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Some fields are not valid (`invalid_request`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Temporarily unavailable (`busy`) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    cancel_deployment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                deployment_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeploymentLine"];
                };
            };
            /** @description Sign in first (`unauthenticated`) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description You may not do this (`forbidden`) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Not found (`deployment_not_found`) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description This does not fit the present state (`deployment_finished`, `deployment_past_pivot`, `deployment_going_back`) */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Some fields are not valid (`invalid_request`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Temporarily unavailable (`busy`) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    follow_deployment: {
        parameters: {
            query?: never;
            header?: {
                /** @description The id of the last event seen; 0 for all. */
                "Last-Event-ID"?: number;
            };
            path: {
                deployment_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": unknown;
                };
            };
            /** @description Sign in first (`unauthenticated`) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description You may not do this (`forbidden`) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Not found (`deployment_not_found`) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Some fields are not valid (`invalid_request`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Temporarily unavailable (`busy`) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    retry_deployment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                deployment_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RetryAnswer"];
                };
            };
            /** @description Sign in first (`unauthenticated`) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description You may not do this (`forbidden`) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Not found (`deployment_not_found`) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description This does not fit the present state (`deployment_not_failed`, `deployment_superseded`) */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Some fields are not valid (`invalid_request`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Temporarily unavailable (`busy`) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    get_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MeAnswer"];
                };
            };
            /** @description Sign in first (`unauthenticated`) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Some fields are not valid (`invalid_request`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Temporarily unavailable (`busy`) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    change_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProfileChange"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MeAnswer"];
                };
            };
            /** @description The request cannot be understood (`bad_request`) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Sign in first (`unauthenticated`) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The request took too long to arrive (`request_timeout`) */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The request is too large (`payload_too_large`) */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Some fields are not valid (`invalid_request`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Temporarily unavailable (`busy`) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    change_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordChange"];
            };
        };
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request cannot be understood (`bad_request`) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Sign in first (`unauthenticated`) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The request took too long to arrive (`request_timeout`) */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The request is too large (`payload_too_large`) */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Some fields are not valid (`wrong_password`, `weak_password`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Too many requests (`rate_limited`) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Temporarily unavailable (`unavailable`) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    list_members: {
        parameters: {
            query?: {
                /** @description How many items at the most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_MemberAnswer_"];
                };
            };
            /** @description The request cannot be understood (`bad_cursor`) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Sign in first (`unauthenticated`) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description You may not do this (`forbidden`) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Some fields are not valid (`invalid_request`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Temporarily unavailable (`busy`) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    list_invitations: {
        parameters: {
            query?: {
                /** @description How many items at the most. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_InvitationAnswer_"];
                };
            };
            /** @description The request cannot be understood (`bad_cursor`) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Sign in first (`unauthenticated`) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description You may not do this (`forbidden`) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Some fields are not valid (`invalid_request`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Temporarily unavailable (`busy`) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    invite_member: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InvitationRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationAnswer"];
                };
            };
            /** @description The request cannot be understood (`bad_request`) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Sign in first (`unauthenticated`) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description You may not do this (`forbidden`) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The request took too long to arrive (`request_timeout`) */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description This does not fit the present state (`already_member`, `limit_reached`) */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The request is too large (`payload_too_large`) */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Some fields are not valid (`invalid_request`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Too many requests (`rate_limited`) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Temporarily unavailable (`unavailable`) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    withdraw_invitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                invitation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Sign in first (`unauthenticated`) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description You may not do this (`forbidden`) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Not found (`invitation_not_valid`) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Some fields are not valid (`invalid_request`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Temporarily unavailable (`busy`) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    leave_business: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Sign in first (`unauthenticated`) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description You may not do this (`forbidden`) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Not found (`member_not_found`) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description This does not fit the present state (`last_owner`) */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Some fields are not valid (`invalid_request`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Temporarily unavailable (`busy`) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    get_seats: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SeatsAnswer"];
                };
            };
            /** @description Sign in first (`unauthenticated`) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description You may not do this (`forbidden`) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Some fields are not valid (`invalid_request`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Temporarily unavailable (`unavailable`) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    remove_member: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Sign in first (`unauthenticated`) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description You may not do this (`forbidden`, `owners_only`) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Not found (`member_not_found`) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description This does not fit the present state (`last_owner`) */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Some fields are not valid (`invalid_request`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Temporarily unavailable (`busy`) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    change_member: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RoleChange"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberAnswer"];
                };
            };
            /** @description The request cannot be understood (`bad_request`) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Sign in first (`unauthenticated`) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description You may not do this (`forbidden`, `owners_only`) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Not found (`member_not_found`) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The request took too long to arrive (`request_timeout`) */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description This does not fit the present state (`last_owner`) */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The request is too large (`payload_too_large`) */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Some fields are not valid (`invalid_request`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Temporarily unavailable (`busy`) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    get_stack: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StackView"];
                };
            };
            /** @description Sign in first (`unauthenticated`) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description You may not do this (`forbidden`) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Not found (`stack_not_found`) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Some fields are not valid (`invalid_request`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Temporarily unavailable (`busy`) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    get_status: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlatformStatus"];
                };
            };
            /** @description Too many requests (`rate_limited`) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
    receive_stripe_event: {
        parameters: {
            query?: never;
            header?: {
                /** @description `t=…,v1=…`, over the raw body. */
                "stripe-signature"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "created": 1767225600,
                 *       "data": {
                 *         "object": {}
                 *       },
                 *       "id": "evt_1",
                 *       "object": "event",
                 *       "type": "invoice.paid"
                 *     }
                 */
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookReceipt"];
                };
            };
            /** @description The signature is not valid (`bad_signature`, `unreadable_event`) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The request took too long to arrive (`request_timeout`) */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description The request is too large (`payload_too_large`) */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Some fields are not valid (`invalid_request`) */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
            /** @description Temporarily unavailable (`busy`) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDocument"];
                };
            };
        };
    };
}
