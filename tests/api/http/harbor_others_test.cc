// Harbor's projects, configurations, permissions, users, audit log, and what needs no login.
#include "api/http/harbor_audit.h"
#include "api/http/harbor_projects.h"
#include "api/http/harbor_system.h"
#include "tests/api/http/operator_testing.h"

namespace robotledger::http {
namespace {

class Harbor : public testing::Test {
 protected:
  Harbor() {
    std::vector<Route> routes = harborProjectRoutes(site_.parts());
    for (Route& route : harborSystemRoutes(site_.parts())) routes.push_back(std::move(route));
    for (Route& route : harborAuditRoutes(site_.parts())) routes.push_back(std::move(route));
    site_.serve(std::move(routes));
  }
  Response ask(const std::string& who, const std::string& method, const std::string& path,
               const std::string& body = "", std::vector<Header> headers = {}) {
    return site_.ask(who, method, "/api/v2.0" + path, body, std::move(headers));
  }
  Response get(const std::string& path, const std::string& who = "admin") {
    return ask(who, "GET", path);
  }
  // The status of each of the five, "200 403 ...".
  std::string statuses(const std::string& method, const std::string& path) {
    std::string text;
    for (const char* who : {"admin", "audrey", "petra", "norm", ""}) {
      text += std::to_string(ask(who, method, path).status) + " ";
    }
    return text;
  }
  std::string field(const Response& answer, const char* name) {
    std::string text = std::to_string(answer.status) + ":";
    if (answer.status != 200) return text;
    for (const Json& one : site_.json(answer)) text += " " + one[name].get<std::string>();
    return text + " of " + OperatorSite::header(answer, "X-Total-Count");
  }
  OperatorSite site_;
};

TEST_F(Harbor, ProjectsAreListedToThoseWhoMaySeeThem) {
  EXPECT_EQ(field(get("/projects"), "name"), "200: web api of 2");
  EXPECT_EQ(field(get("/projects", "audrey"), "name"), "200: web api of 2");
  EXPECT_EQ(field(get("/projects", "petra"), "name"), "200: web of 1");
  EXPECT_EQ(field(get("/projects", "norm"), "name"), "200: of 0");
  EXPECT_EQ(get("/projects", "norm").body, "[]\n");
  EXPECT_EQ(get("/projects", "").status, 401);
  EXPECT_EQ(field(get("/projects?q=name%3D~a"), "name"), "200: api of 1");
  EXPECT_EQ(field(get("/projects?name=we"), "name"), "200: web of 1");
  EXPECT_EQ(field(get("/projects?sort=name"), "name"), "200: api web of 2");
  EXPECT_EQ(field(get("/projects?sort=-name&page_size=1"), "name"), "200: web of 2");
  EXPECT_EQ(get("/projects?page_size=101").status, 422);
  EXPECT_EQ(get("/projects?q=name").status, 400);
}

TEST_F(Harbor, AProjectIsNamedByItsNumberOrItsName) {
  site_.submit(CreateProject{"2024"});
  EXPECT_EQ(site_.json(get("/projects/web"))["project_id"], 1);
  EXPECT_EQ(site_.json(get("/projects/1"))["name"], "web");
  EXPECT_EQ(site_.json(get("/projects/1"))["owner_name"], "admin");
  EXPECT_EQ(get("/projects/2024").status, 404);
  const std::vector<Header> by_name = {{"X-Is-Resource-Name", "true"}};
  EXPECT_EQ(site_.json(ask("admin", "GET", "/projects/2024", "", by_name))["project_id"], 3);
  EXPECT_EQ(statuses("GET", "/projects/web"), "200 200 200 403 401 ");
  EXPECT_EQ(statuses("HEAD", "/projects/api"), "200 200 403 403 401 ");
  EXPECT_EQ(statuses("GET", "/projects/none"), "404 404 403 403 401 ");
  EXPECT_EQ(get("/projects/none", "petra").body, get("/projects/api", "petra").body);
  EXPECT_EQ(statuses("HEAD", "/projects?project_name=api"), "200 200 403 403 401 ");
  EXPECT_EQ(statuses("HEAD", "/projects?project_name=none"), "404 404 403 403 401 ");
}

TEST_F(Harbor, AProjectIsCreatedAndDeletedByASystemAdministrator) {
  const Response made = ask("admin", "POST", "/projects", R"({"project_name":"tools"})");
  EXPECT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(OperatorSite::header(made, "Location"), "/api/v2.0/projects/3");
  const Response named = ask("admin", "POST", "/projects", R"({"project_name":"more"})",
                             {{"X-Resource-Name-In-Location", "true"}});
  EXPECT_EQ(OperatorSite::header(named, "Location"), "/api/v2.0/projects/more");
  EXPECT_EQ(ask("admin", "POST", "/projects", R"({"project_name":"web"})").status, 409);
  EXPECT_EQ(ask("admin", "POST", "/projects", R"({"project_name":"WEB"})").status, 400);
  EXPECT_EQ(ask("admin", "POST", "/projects", R"({"name":"x"})").status, 400);
  EXPECT_EQ(ask("admin", "POST", "/projects", R"({"project_name":7})").status, 422);
  EXPECT_EQ(ask("admin", "POST", "/projects", "x").status, 422);
  EXPECT_EQ(ask("petra", "POST", "/projects", R"({"project_name":"y"})").status, 403);
  EXPECT_EQ(ask("audrey", "DELETE", "/projects/tools").status, 403);
  EXPECT_EQ(ask("petra", "DELETE", "/projects/web").status, 403);
  EXPECT_EQ(ask("admin", "DELETE", "/projects/3").status, 200);
  EXPECT_EQ(ask("admin", "DELETE", "/projects/3").status, 404);
  EXPECT_EQ(ask("admin", "DELETE", "/projects/web").status, 200);
  // With its robots.
  EXPECT_FALSE(site_.parts().authorizer.principal("robot$web+made"));
}

TEST_F(Harbor, TheSystemsExpiryIsAConfiguration) {
  EXPECT_EQ(statuses("GET", "/configurations"), "200 403 403 403 401 ");
  EXPECT_EQ(site_.json(get("/configurations")),
            Json::parse(R"({"robot_token_duration":{"value":30,"editable":true},
                            "robot_name_prefix":{"value":"robot$","editable":false}})"));
  const auto put = [this](const char* body, const char* who = "admin") {
    return ask(who, "PUT", "/configurations", body).status;
  };
  const auto before = site_.events();
  EXPECT_EQ(put(R"({"robot_token_duration":45,"robot_name_prefix":"robot$","other":1})"), 200);
  EXPECT_EQ(site_.events(), before + 1);
  EXPECT_EQ(put(R"({"robot_token_duration":45})"), 200);
  EXPECT_EQ(put("{}"), 200);
  EXPECT_EQ(put(R"({"robot_name_prefix":"bot$"})"), 400);
  for (const char* wrong : {"0", "-1", "2147483647"}) {
    EXPECT_EQ(put((std::string(R"({"robot_token_duration":)") + wrong + "}").c_str()), 400);
  }
  EXPECT_EQ(put(R"({"robot_token_duration":"45"})"), 422);
  EXPECT_EQ(put(R"({"robot_token_duration":1.5})"), 422);
  EXPECT_EQ(put(R"({"robot_token_duration":60})", "audrey"), 403);
  EXPECT_EQ(put(R"({"robot_token_duration":60})", ""), 401);
  EXPECT_EQ(site_.events(), before + 1);
  EXPECT_EQ(site_.json(get("/configurations"))["robot_token_duration"]["value"], 45);
}

TEST_F(Harbor, WhatMayBeGrantedIsToldToThoseWhoGrant) {
  EXPECT_EQ(statuses("GET", "/permissions"), "200 200 200 403 401 ");
  const Json all = site_.json(get("/permissions"));
  EXPECT_GT(all["system"].size(), 50U);
  EXPECT_GT(all["project"].size(), 60U);
  EXPECT_TRUE(all["system"][0].contains("resource"));
  const Json of_project = site_.json(get("/permissions", "petra"));
  EXPECT_FALSE(of_project.contains("system"));
  EXPECT_EQ(of_project["project"], all["project"]);
}

TEST_F(Harbor, WhoOneIsIsToldToPeople) {
  const Json admin = site_.json(get("/users/current"));
  EXPECT_EQ(admin["user_id"], 1);
  EXPECT_EQ(admin["username"], "admin");
  EXPECT_EQ(admin["sysadmin_flag"], true);
  EXPECT_EQ(site_.json(get("/users/current", "petra"))["sysadmin_flag"], false);
  EXPECT_EQ(get("/users/current", "").status, 401);
  const Response robot = get("/users/current", "robot$web+made:" + site_.robot_secret);
  EXPECT_EQ(robot.status, 412);
  EXPECT_EQ(site_.json(robot)["errors"][0]["code"], "PRECONDITION");
}

TEST_F(Harbor, SomeThingsNeedNoLogin) {
  EXPECT_EQ(get("/ping", "").body, "Pong");
  EXPECT_EQ(site_.json(get("/health", ""))["status"], "healthy");
  EXPECT_EQ(site_.json(get("/systeminfo", ""))["auth_mode"], "db_auth");
  EXPECT_EQ(site_.json(site_.ask("", "GET", "/api/version"))["version"], "v2.0");
}

TEST_F(Harbor, TheAuditLogHasEveryEventTheNewestFirst) {
  site_.submit(DisableAccount{{.name = "robot$web+made", .id = {}}}, "petra");
  const Json rows = site_.json(get("/audit-logs?page_size=2"));
  EXPECT_EQ(rows[0]["operation"], "disable");
  EXPECT_EQ(rows[0]["resource"], "robot$web+made");
  EXPECT_EQ(rows[0]["resource_type"], "robot");
  EXPECT_EQ(rows[0]["username"], "petra");
  EXPECT_EQ(rows[0]["id"], site_.events() - 1);
  EXPECT_EQ(rows[0]["op_time"].get<std::string>().size(), 24U);
  EXPECT_EQ(OperatorSite::header(get("/audit-logs"), "X-Total-Count"),
            std::to_string(site_.events()));
  EXPECT_EQ(site_.json(get("/audit-logs?sort=op_time"))[0]["operation"], "create");
  EXPECT_EQ(get("/auditlog-exts").body, get("/audit-logs").body);
  EXPECT_EQ(get("/audit-logs?page=2&page_size=3").body,
            get("/audit-logs?page=2&page_size=3&q=op_time%3D%5B~%5D").body);
}

TEST_F(Harbor, TheAuditLogIsSearched) {
  site_.submit(DisableAccount{{.name = "robot$web+made", .id = {}}}, "petra");
  const auto operations = [this](const char* q) {
    return field(get(std::string("/audit-logs?q=") + q), "operation");
  };
  EXPECT_EQ(operations("username%3Dpetra"), "200: disable of 1");
  EXPECT_EQ(operations("username%3D~etr"), "200: disable of 1");
  EXPECT_EQ(operations("operation%3Ddisable"), "200: disable of 1");
  EXPECT_EQ(operations("resource_type%3Dproject"), "200: create create of 2");
  EXPECT_EQ(operations("operation%3D%7Bdisable%20grant_role%7D"),
            "200: disable grant_role grant_role of 3");
  EXPECT_EQ(operations("resource%3Dapi"), "200: create of 1");
  EXPECT_EQ(operations("resource%3D~made"), "200: disable rotate_secret create of 3");
  EXPECT_EQ(operations("op_time%3D%5B2020-01-01~2020-02-01%5D"), "200: of 0");
  EXPECT_EQ(operations("op_time%3D%5B2020-01-01 10:00:00~%5D,operation%3Ddisable"),
            "200: disable of 1");
  EXPECT_EQ(operations("op_time%3D5"), "400:");
  EXPECT_EQ(operations("op_time%3D%5Bx~%5D"), "400:");
  EXPECT_EQ(operations("operation"), "400:");
}

TEST_F(Harbor, AProjectsAdministratorReadsOfHisProjectAlone) {
  EXPECT_EQ(statuses("GET", "/audit-logs"), "200 200 200 403 401 ");
  EXPECT_EQ(statuses("GET", "/projects/web/logs"), "200 200 200 403 401 ");
  EXPECT_EQ(statuses("GET", "/projects/api/logs"), "200 200 403 403 401 ");
  EXPECT_EQ(statuses("GET", "/projects/none/logs"), "404 404 403 403 401 ");
  EXPECT_EQ(field(get("/audit-logs", "petra"), "operation"),
            "200: rotate_secret create grant_role create of 4");
  EXPECT_EQ(get("/audit-logs", "petra").body, get("/projects/1/logs", "petra").body);
  EXPECT_EQ(get("/audit-logs", "petra").body.find("\"api\""), std::string::npos);
}

}  // namespace
}  // namespace robotledger::http
