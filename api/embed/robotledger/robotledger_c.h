/* robotledger in C: the library of robotledger.h for C, Go, Python, Rust and the like.
 *
 *   robotledger_ledger *ledger = NULL;
 *   robotledger_error *error = NULL;
 *   robotledger_options options = {sizeof options, "my-registry"};
 *   if (robotledger_open("/var/lib/robots", &options, &ledger, &error) != ROBOTLEDGER_OK) {
 *     fprintf(stderr, "%s\n", robotledger_error_message(error));
 *     robotledger_error_free(error);
 *     return 1;
 *   }
 *   char *receipt = NULL, *secret = NULL;
 *   robotledger_submit(ledger,
 *       "{\"actor\":\"admin\",\"do\":\"create_account\",\"project\":\"web\",\"name\":\"ci\","
 *       "\"permissions\":[\"push-image\"]}", &receipt, &secret, &error);
 *   ...
 *   robotledger_text_free(secret);
 *   robotledger_close(ledger);
 *
 * Results: ROBOTLEDGER_OK, or why not, as robotledger.h explains each; where `error` is given, it
 * then points to what happened. Every `error` may be NULL.
 * Ownership: what comes out through a pointer is the caller's, and let go of by the function that
 * is named for it. Texts go in as UTF-8 that ends with NUL, are copied, and come out likewise.
 * Through a pointer to NULL-able output NULL may be given where what comes out is not wanted.
 * Threads: a ledger may be used by any number of them, but for closing it; a stream by one at a
 * time. No exception gets out.
 * Units: times are RFC 3339 in JSON, and microseconds since 1970 in numbers.
 * Structs with a `size` grow at their end: set it to sizeof, and what is beyond it is not read.
 *
 * COMMANDS are one JSON object each, in the form of a history file's line without its time:
 *   "actor", "do", and "reason", "request_id", "idempotency_key" where wanted; and by `do`
 *   create_project, delete_project            project
 *   add_operator, remove_operator             operator
 *   grant_role, revoke_role                   operator, role; project with "project_admin"
 *   create_account                            project, or "level":"system"; name, permissions;
 *                                             may have expires, description
 *   grant, revoke                             account, permissions
 *   disable, enable, delete, renew            account
 *   rotate_secret                             account
 *   set_expiry                                account, expires: "system", "never" or days
 *   describe                                  account, description
 *   set_system_expiry                         days
 *   set_service                               token_lifetime_s, charts_segment, service_name
 * An account is its qualified name or "#ID"; a permission is "push-image", "resource:action", or
 * {"scope":"web","capability":"push-image"}. Fields that are missing, unknown, twice there or of
 * another type are refused as malformed_line.
 *
 * QUESTIONS are one JSON object each. Times are RFC 3339, or "now" for `at`, which is also meant
 * where it may be left out; "as_of":SEQUENCE answers as if the log ended there, and may be left
 * out.
 *   {"ask":"who-could","capability":C,"project":P, and "at":T, or "on":DATE,"tz":ZONE, or
 *    "from":T,"to":T}                            "/" as the project is the system itself
 *   {"ask":"could","account":A,"capability":C,"project":P,"at":T}
 *                                 these two with "token_tail":true where the lives of tokens count
 *   {"ask":"what-could","account":A,"at":T}
 *   {"ask":"accounts","project":P,"at":T}        without a project, all; "/": of system level
 *   {"ask":"account","account":A}
 *   {"ask":"account history","account":A}
 *   {"ask":"log"} and any of account, project, actor, kind, from, to, after, limit (1000 at most)
 * Answers are one line of JSON with the names that robotledger --json prints.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct robotledger_ledger robotledger_ledger;
typedef struct robotledger_error robotledger_error;
typedef struct robotledger_stream robotledger_stream;
typedef struct robotledger_subscription robotledger_subscription;

/* "0.1.0"; never freed. */
const char* robotledger_version(void);

/* ---- results ------------------------------------------------------------------------------- */

enum {
  ROBOTLEDGER_OK = 0,
  ROBOTLEDGER_REFUSED = 1,
  ROBOTLEDGER_INVALID_ARGUMENT = 2,
  ROBOTLEDGER_NOT_FOUND = 3,
  ROBOTLEDGER_IN_USE = 4,
  ROBOTLEDGER_IO = 5,
  ROBOTLEDGER_DAMAGED = 6,
  ROBOTLEDGER_VIEWS_DAMAGED = 7,
  ROBOTLEDGER_OUTCOME_UNKNOWN = 8,
  ROBOTLEDGER_CLOCK = 9,
  ROBOTLEDGER_OVERLOADED = 10,
  ROBOTLEDGER_CLOSED = 11,
  ROBOTLEDGER_NO_MEMORY = 12,
  ROBOTLEDGER_BUG = 13
};

/* The error's; they live as long as it. Of NULL: OK, and empty texts. */
int robotledger_error_code(const robotledger_error* error);
/* With REFUSED the refusal's stable name, such as "no_change"; else empty. */
const char* robotledger_error_refusal(const robotledger_error* error);
/* One line for a person. */
const char* robotledger_error_message(const robotledger_error* error);
void robotledger_error_free(robotledger_error* error); /* NULL is let be */

/* Wipes a text that came out of this library, and frees it. NULL is let be. */
void robotledger_text_free(char* text);

/* ---- a ledger ------------------------------------------------------------------------------ */

typedef struct {
  size_t size;
  const char* origin; /* names the ledger in its proofs: "registry.example/robots" */
  const char* guard;  /* the guard's file; NULL where it is in the directory */
  const char* key;    /* the signing key's; the same */
} robotledger_new_ledger;

typedef struct {
  size_t size;
  const char*
      program;       /* yours: recorded with every event; printable ASCII; NULL is "robotledger" */
  const char* guard; /* where it is, if not where it was made */
  const char* key;
  /* Told in one line what was mended on the way; any thread; may be NULL. */
  void (*tell)(void* context, const char* line);
  void* context;
  /* Not 0: while this process has the ledger, the command line works on it, by way of control.sock
   * in its directory, for the directory's owner and root alone. */
  int listens;
  int reserved; /* 0 */
} robotledger_options;

/* Makes the directory with a ledger in it, and gives the key that checks its checkpoints. */
int robotledger_create(const char* directory, const robotledger_new_ledger* ledger,
                       char** verifier_key, robotledger_error** error);
/* `options` may be NULL. */
int robotledger_open(const char* directory, const robotledger_options* options,
                     robotledger_ledger** ledger, robotledger_error** error);
/* Ends it, and its streams and subscriptions, which have to be closed all the same. NULL is let
 * be. */
void robotledger_close(robotledger_ledger* ledger);

/* ---- commands ------------------------------------------------------------------------------ */

/* Waits until the command is durable and seen by all. The receipt: {"sequence","events","time",
 * "account_id","account","repeated"}. The secret that create_account and rotate_secret issue comes
 * out this once; for a repetition it is NULL. INVALID_ARGUMENT, and nothing done, where such a
 * command has no `secret` to put it in. */
int robotledger_submit(robotledger_ledger* ledger, const char* command, char** receipt,
                       char** secret, robotledger_error** error);
/* Secrets that people choose; see setOperatorPassword() and setSecret() in robotledger.h. `reason`
 * may be NULL. */
int robotledger_set_operator_password(robotledger_ledger* ledger, const char* name,
                                      const char* password, const char* actor, const char* reason,
                                      char** receipt, robotledger_error** error);
int robotledger_set_secret(robotledger_ledger* ledger, const char* account, const char* secret,
                           const char* actor, const char* reason, char** receipt,
                           robotledger_error** error);
/* A history file: {"lines","events","refused","first_refused"}. `reason` may be NULL. */
int robotledger_import(robotledger_ledger* ledger, const char* file, const char* actor,
                       const char* reason, char** summary, robotledger_error** error);

/* ---- decisions: no locks, no waits, no memory ---------------------------------------------- */

/* Handles; they stay good as long as the ledger is open. */
typedef struct {
  uint64_t account_id;
  uint32_t slot;
} robotledger_robot;
typedef struct {
  uint32_t project_id;
  uint32_t slot;
} robotledger_project;
typedef uint16_t robotledger_capability;

enum {
  ROBOTLEDGER_ALLOWED = 0,
  ROBOTLEDGER_NO_ACCOUNT = 1,
  ROBOTLEDGER_DISABLED = 2,
  ROBOTLEDGER_EXPIRED = 3,
  ROBOTLEDGER_NO_PROJECT = 4,
  ROBOTLEDGER_NOT_GRANTED = 5
};
enum {
  ROBOTLEDGER_WELCOME = 0,
  ROBOTLEDGER_LOGIN_UNKNOWN_ACCOUNT = 1,
  ROBOTLEDGER_LOGIN_WRONG_SECRET = 2,
  ROBOTLEDGER_LOGIN_DISABLED = 3,
  ROBOTLEDGER_LOGIN_EXPIRED = 4
};
const char* robotledger_decision_name(int decision);  /* "allowed", "not_granted"; never freed */
const char* robotledger_login_name(int login_result); /* "welcome", "wrong_secret" */

/* WELCOME and the robot, or why not. Tell the one who logs in the same of all but WELCOME. */
int robotledger_authenticate(const robotledger_ledger* ledger, const char* login,
                             const char* secret, robotledger_robot* robot);
/* The same for robots with chosen secrets too, which waits; the result is set where this is OK.
 * OVERLOADED where too many fail from that address, or wait. */
int robotledger_check_login(robotledger_ledger* ledger, const char* login, const char* secret,
                            const char* address, int* login_result, robotledger_robot* robot,
                            robotledger_error** error);
/* OK, or NOT_FOUND where none of that name lives, or there is no such capability. */
int robotledger_find_robot(const robotledger_ledger* ledger, const char* qualified_name,
                           robotledger_robot* robot);
int robotledger_find_project(const robotledger_ledger* ledger, const char* name,
                             robotledger_project* project);
int robotledger_find_capability(const char* text, robotledger_capability* capability);
/* ALLOWED, or the one reason why not. */
int robotledger_authorize(const robotledger_ledger* ledger, robotledger_robot robot,
                          robotledger_capability capability, robotledger_project project);
int robotledger_authorize_at(const robotledger_ledger* ledger, robotledger_robot robot,
                             robotledger_capability capability, robotledger_project project,
                             int64_t now_us);
int robotledger_authorize_by_name(const robotledger_ledger* ledger, const char* qualified_name,
                                  robotledger_capability capability, const char* project);
int robotledger_authorize_system(const robotledger_ledger* ledger, robotledger_robot robot,
                                 robotledger_capability capability);

/* ---- questions and events ------------------------------------------------------------------ */

/* As that operator, or as the program, which may read everything, where `reader` is NULL. */
int robotledger_ask(robotledger_ledger* ledger, const char* question, const char* reader,
                    char** answer, robotledger_error** error);

/* How many events there are. */
uint64_t robotledger_size(const robotledger_ledger* ledger);
/* A JSON list of at most `limit` (1000 at most) events from that one on. */
int robotledger_events(robotledger_ledger* ledger, uint64_t from, size_t limit, char** events,
                       robotledger_error** error);

/* Each event from a sequence on, once, in order, as it is acknowledged. */
int robotledger_stream_open(robotledger_ledger* ledger, uint64_t from, robotledger_stream** stream,
                            robotledger_error** error);
/* Waits at most that long; the event is NULL where none came. CLOSED when it was stopped or the
 * ledger closed. */
int robotledger_stream_next(robotledger_stream* stream, int64_t timeout_ms, char** event,
                            robotledger_error** error);
/* Ends a wait; any thread. */
void robotledger_stream_stop(robotledger_stream* stream);
void robotledger_stream_close(robotledger_stream* stream);

/* Called on a thread of its own, with an event that lives until it returns. 0 goes on. */
typedef int (*robotledger_on_event)(void* context, const char* event);
int robotledger_subscribe(robotledger_ledger* ledger, uint64_t from, robotledger_on_event callback,
                          void* context, robotledger_subscription** subscription,
                          robotledger_error** error);
/* OK while it runs or was ended; else why it ended by itself. */
int robotledger_subscription_state(const robotledger_subscription* subscription,
                                   robotledger_error** error);
/* Waits for the callback that runs, but from within it. NULL is let be. */
void robotledger_unsubscribe(robotledger_subscription* subscription);

/* ---- proofs -------------------------------------------------------------------------------- */

/* The key that checks checkpoints and proofs; empty where the ledger has none. */
int robotledger_verifier_key(robotledger_ledger* ledger, char** key, robotledger_error** error);
/* What the log is now, signed: a C2SP checkpoint. */
int robotledger_checkpoint(robotledger_ledger* ledger, char** checkpoint,
                           robotledger_error** error);
/* That the event is in the log: a C2SP tlog-proof. */
int robotledger_proof(robotledger_ledger* ledger, uint64_t sequence, char** proof,
                      robotledger_error** error);
enum { ROBOTLEDGER_VERIFY_LOG = 0, ROBOTLEDGER_VERIFY_EVERYTHING = 1 };
/* Recomputes what is stored: {"events","checkpoint","rows"}. */
int robotledger_verify(robotledger_ledger* ledger, int scope, char** verified,
                       robotledger_error** error);

#ifdef __cplusplus
}
#endif
