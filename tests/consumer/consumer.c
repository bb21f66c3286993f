/* A program in C that embeds a ledger, from the public header alone: consumer DIRECTORY. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <robotledger/robotledger_c.h>

static void need(int holds, const char *what, int line) {
  if (holds) return;
  fprintf(stderr, "line %d: it should be that %s\n", line, what);
  exit(1);
}
#define NEED(condition) need((condition) != 0, #condition, __LINE__)

static void done(int code, robotledger_error *error, const char *what) {
  if (code == ROBOTLEDGER_OK) return;
  fprintf(stderr, "%s: %d: %s\n", what, code, robotledger_error_message(error));
  exit(1);
}

static robotledger_error *error = NULL;

static void submit(robotledger_ledger *ledger, const char *command, char **secret) {
  char *receipt = NULL;
  done(robotledger_submit(ledger, command, &receipt, secret, &error), error, command);
  NEED(strstr(receipt, "\"sequence\":") != NULL);
  robotledger_text_free(receipt);
}

static char *ask(robotledger_ledger *ledger, const char *question) {
  char *answer = NULL;
  done(robotledger_ask(ledger, question, NULL, &answer, &error), error, question);
  return answer;
}

static void refuse(robotledger_ledger *ledger, const char *command, const char *why) {
  NEED(robotledger_submit(ledger, command, NULL, NULL, &error) == ROBOTLEDGER_REFUSED);
  NEED(robotledger_error_code(error) == ROBOTLEDGER_REFUSED);
  NEED(strcmp(robotledger_error_refusal(error), why) == 0);
  robotledger_error_free(error);
  error = NULL;
}

struct heard {
  int count;
};

static int hear(void *context, const char *event) {
  struct heard *heard = context;
  NEED(strstr(event, "\"sequence\":") != NULL);
  return ++heard->count == 4; /* 1 to 4, and no more */
}

static void live_a_life(robotledger_ledger *ledger) {
  char *secret = NULL, *answer = NULL;
  robotledger_robot robot;
  robotledger_project web;
  robotledger_capability push;
  submit(ledger, "{\"actor\":\"admin\",\"do\":\"create_project\",\"project\":\"web\"}", NULL);
  submit(ledger,
         "{\"actor\":\"admin\",\"do\":\"create_account\",\"project\":\"web\",\"name\":\"ci\","
         "\"permissions\":[\"push-image\"],\"expires\":90}",
         &secret);
  NEED(secret != NULL && strncmp(secret, "rbt_", 4) == 0);
  NEED(robotledger_authenticate(ledger, "robot$web+ci", secret, &robot) == ROBOTLEDGER_WELCOME);
  NEED(robotledger_authenticate(ledger, "robot$web+ci", "rbt_", NULL) ==
       ROBOTLEDGER_LOGIN_WRONG_SECRET);
  NEED(robotledger_find_project(ledger, "web", &web) == ROBOTLEDGER_OK);
  NEED(robotledger_find_project(ledger, "nothing", &web) == ROBOTLEDGER_NOT_FOUND);
  NEED(robotledger_find_capability("push-image", &push) == ROBOTLEDGER_OK);
  NEED(robotledger_authorize(ledger, robot, push, web) == ROBOTLEDGER_ALLOWED);
  NEED(robotledger_authorize_by_name(ledger, "robot$web+ci", push, "web") == ROBOTLEDGER_ALLOWED);
  submit(ledger, "{\"actor\":\"admin\",\"do\":\"disable\",\"account\":\"robot$web+ci\"}", NULL);
  NEED(robotledger_authorize(ledger, robot, push, web) == ROBOTLEDGER_DISABLED);
  NEED(strcmp(robotledger_decision_name(ROBOTLEDGER_DISABLED), "disabled") == 0);
  NEED(robotledger_authenticate(ledger, "robot$web+ci", secret, &robot) ==
       ROBOTLEDGER_LOGIN_DISABLED);
  robotledger_text_free(secret);

  answer = ask(ledger,
               "{\"ask\":\"who-could\",\"capability\":\"push-image\",\"project\":\"web\","
               "\"from\":\"2020-01-01T00:00:00Z\",\"to\":\"9000-01-01T00:00:00Z\"}");
  NEED(strstr(answer, "\"account\":\"robot$web+ci\"") != NULL);
  NEED(strstr(answer, "\"closed_by\":4") != NULL);
  robotledger_text_free(answer);
  answer = ask(ledger,
               "{\"ask\":\"who-could\",\"capability\":\"push-image\",\"project\":\"web\","
               "\"at\":\"now\"}");
  NEED(strstr(answer, "\"answers\":[]") != NULL);
  robotledger_text_free(answer);
}

static void refusals(robotledger_ledger *ledger) {
  refuse(ledger, "{\"actor\":\"admin\",\"do\":\"disable\",\"account\":\"robot$web+ci\"}",
         "no_change");
  refuse(ledger, "{\"actor\":\"nobody\",\"do\":\"disable\",\"account\":\"robot$web+ci\"}",
         "unknown_operator");
  refuse(ledger, "{\"actor\":\"admin\",\"do\":\"disable\",\"acount\":\"robot$web+ci\"}",
         "malformed_line");
  refuse(ledger, "{\"actor\":\"admin\",\"actor\":\"x\",\"do\":\"disable\",\"account\":\"#1\"}",
         "malformed_line");
  /* A secret that would be lost is not issued. */
  NEED(robotledger_submit(ledger, "{\"actor\":\"admin\",\"do\":\"rotate_secret\",\"account\":\"#1\"}",
                          NULL, NULL, NULL) == ROBOTLEDGER_INVALID_ARGUMENT);
  NEED(robotledger_submit(NULL, NULL, NULL, NULL, NULL) == ROBOTLEDGER_INVALID_ARGUMENT);
}

int main(int argc, char **argv) {
  robotledger_new_ledger made = {sizeof made, "consumer.example/robots", NULL, NULL};
  robotledger_options options = {sizeof options, "c-consumer", NULL, NULL, NULL, NULL, 1, 0};
  robotledger_ledger *ledger = NULL, *second = NULL;
  robotledger_subscription *subscription = NULL;
  robotledger_stream *stream = NULL;
  struct heard heard = {0};
  char *text = NULL;
  int i;
  if (argc != 2) return 2;
  done(robotledger_create(argv[1], &made, &text, &error), error, "create");
  NEED(strncmp(text, "consumer.example/robots+", 24) == 0);
  robotledger_text_free(text);
  done(robotledger_open(argv[1], &options, &ledger, &error), error, "open");
  NEED(robotledger_open(argv[1], NULL, &second, &error) == ROBOTLEDGER_IN_USE);
  NEED(strstr(robotledger_error_message(error), "c-consumer") != NULL);
  robotledger_error_free(error);
  done(robotledger_subscribe(ledger, 1, hear, &heard, &subscription, &error), error, "subscribe");

  live_a_life(ledger);
  refusals(ledger);

  done(robotledger_stream_open(ledger, 1, &stream, &error), error, "stream");
  for (i = 1; i <= 4; ++i) {
    char wanted[32];
    done(robotledger_stream_next(stream, 10000, &text, &error), error, "next");
    snprintf(wanted, sizeof wanted, "\"sequence\":%d,", i);
    NEED(text != NULL && strstr(text, wanted) != NULL);
    robotledger_text_free(text);
  }
  done(robotledger_stream_next(stream, 20, &text, &error), error, "next");
  NEED(text == NULL); /* there is no more */
  done(robotledger_checkpoint(ledger, &text, &error), error, "checkpoint");
  NEED(strncmp(text, "consumer.example/robots\n5\n", 26) == 0);
  robotledger_text_free(text);
  done(robotledger_verify(ledger, ROBOTLEDGER_VERIFY_LOG, &text, &error), error, "verify");
  NEED(strstr(text, "\"events\":5") != NULL);
  robotledger_text_free(text);

  robotledger_close(ledger);
  NEED(robotledger_stream_next(stream, 10000, &text, NULL) == ROBOTLEDGER_CLOSED);
  robotledger_stream_close(stream);
  robotledger_unsubscribe(subscription);
  NEED(heard.count <= 4);
  printf("c consumer: %s\n", robotledger_version());
  return 0;
}
