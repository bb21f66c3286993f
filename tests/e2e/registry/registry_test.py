#!/usr/bin/env python3
"""Robots at a real registry with docker, skopeo and helm: registry_test.py ROBOTLEDGER.

Everything is changed by the command line while the server runs. Every loss is looked at four times:
the next login, the next push, the next token, and what `who-could` tells of it.
"""
import re

from artifacts import make_chart, make_image
from e2e_testing import (DAY, Client, Robot, StackCase, history_line, instant, main, now)
from http_calls import ask_token

EXPIRES_IN_S = 12  # from the start of the class: time enough to log in before


class RegistryCase(StackCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.image = cls.stack.path("image")
        cls.digest = make_image(cls.image, "hello")


class Logins(RegistryCase):
    def test_the_login_name_and_the_qualified_name_are_taken(self):
        robot, _ = self.new_robot("ci", "--push-image", "--never-expires")
        for name in ("robot$ci", "robot$library+ci"):
            said = Client(self.stack, Robot(name, robot.secret)).docker_login()
            self.assertDone(said)
            self.assertIn("Login Succeeded", said.text)

    def test_the_secret_decides_between_robots_of_one_login_name(self):
        for project, other in (("library", "web"), ("web", "library")):
            robot, _ = self.new_robot("both", "--push-image", project=project)
            client = self.client(Robot("robot$both", robot.secret))
            self.assertDone(client.push(self.image, f"{project}/both:1"))
            self.assertRefused(client.push(self.image, f"{other}/both:1"))

    def test_a_robot_of_the_system_logs_in(self):
        robot = self.stack.create("all", "--system", "--grant", "*=push-image")
        client = self.client(robot)
        for project in ("library", "web"):
            self.assertDone(client.push(self.image, f"{project}/all:1"))
        self.assertRefused(client.push(self.image, "nobodys/all:1"))

    def test_whoever_may_not_log_in_hears_the_same(self):
        known, _ = self.new_robot("known")
        disabled, _ = self.new_robot("off")
        self.change("account", "disable", disabled.name)
        heard = set()
        for name, secret in ((known.name, disabled.secret), ("robot$library+nobody", known.secret),
                             (disabled.name, disabled.secret), (known.name, "Chosen-by-hand-1"),
                             ("admin", known.secret)):
            said = Client(self.stack, Robot(name, secret)).docker_login()
            self.assertRefused(said)
            heard.add(re.sub(r'time="[^"]*"', "", said.text))
        self.assertEqual(len(heard), 1, heard)


class Images(RegistryCase):
    def test_an_image_comes_back_as_it_was_pushed(self):
        robot, _ = self.new_robot("pusher", "--push-image")
        client = self.client(robot)
        self.assertDone(client.push(self.image, "library/app:1"))
        said = client.digest("library/app:1")
        self.assertEqual(said.text.strip(), self.digest)
        self.assertDone(client.pull("library/app:1"))

    def test_a_robot_that_may_only_pull_is_refused_a_push(self):
        pusher, _ = self.new_robot("writer", "--push-image")
        self.assertDone(self.client(pusher).push(self.image, "library/read:1"))
        robot, _ = self.new_robot("reader")
        client = self.client(robot)
        self.assertDone(client.pull("library/read:1"))
        self.assertRefused(client.push(self.image, "library/read:2"))

    def test_a_robot_of_another_project_may_do_nothing(self):
        pusher, _ = self.new_robot("owner", "--push-image")
        self.assertDone(self.client(pusher).push(self.image, "library/own:1"))
        robot, _ = self.new_robot("stranger", "--push-image", project="web")
        client = self.client(robot)
        self.assertRefused(client.pull("library/own:1"))
        self.assertRefused(client.push(self.image, "library/own:2"))
        self.assertRefused(client.push(self.image, "library-2/own:2"))

    def test_only_who_may_delete_does(self):
        pusher, _ = self.new_robot("maker", "--push-image")
        client = self.client(pusher)
        self.assertDone(client.push(self.image, "library/old:1"))
        self.assertRefused(client.delete("library/old:1"))
        self.assertDone(client.pull("library/old:1"))
        robot, _ = self.new_robot("cleaner", "--grant", "library=repository:delete")
        cleaner = self.client(robot)
        self.assertDone(cleaner.delete("library/old:1"))
        gone = cleaner.pull("library/old:1")
        self.assertFalse(gone.done)
        self.assertIn("manifest unknown", gone.text)


class Charts(RegistryCase):
    """Charts are what lies under PROJECT/charts/."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make_chart(cls.stack.path("chart"), "tiny", "1.0.0")

    def packaged(self, client, helm, version):
        self.assertDone(client.run(helm, "package", self.stack.path("chart"), "--version", version))
        return f"{client.folder}/tiny-{version}.tgz"

    def test_a_chart_robot_pushes_under_charts_and_nowhere_else(self):
        for helm, version in (("helm3", "3.0.0"), ("helm4", "4.0.0")):
            with self.subTest(helm):
                robot, _ = self.new_robot(f"chart-{helm}", "--push-chart")
                client = Client(self.stack, robot)
                self.assertDone(client.helm_login(helm))
                chart = self.packaged(client, helm, version)
                self.assertDone(client.helm_push(helm, chart, "library/charts"))
                self.assertDone(client.helm_pull(helm, "library/charts/tiny", version))
                for place in ("library", "library/app", "library/app/charts", "library/charts-2",
                              "web/charts"):
                    self.assertRefused(client.helm_push(helm, chart, place))
                self.assertRefused(client.push(self.image, f"library/app-{helm}:1"))

    def test_a_robot_for_images_pushes_nothing_under_charts(self):
        robot, _ = self.new_robot("images", "--push-image")
        client = self.client(robot)
        self.assertDone(client.push(self.image, "library/charts:1"))  # has no name under it
        self.assertRefused(client.push(self.image, "library/charts/app:1"))
        for helm in ("helm3", "helm4"):
            chart = self.packaged(client, helm, "5.0.0")
            self.assertRefused(client.helm_push(helm, chart, "library/charts"))

    def test_who_may_only_pull_charts_pushes_none(self):
        for helm, version in (("helm3", "6.0.0"), ("helm4", "7.0.0")):
            with self.subTest(helm):
                pusher, _ = self.new_robot(f"from-{helm}", "--push-chart")
                client = self.client(pusher)
                chart = self.packaged(client, helm, version)
                self.assertDone(client.helm_push(helm, chart, "library/charts"))
                another = self.packaged(client, helm, f"{version}-another")
                robot, _ = self.new_robot(f"to-{helm}", "--pull-chart")
                reader = self.client(robot)
                self.assertDone(reader.helm_pull(helm, "library/charts/tiny", version))
                self.assertRefused(reader.helm_push(helm, another, "library/charts"))


class LossCase(RegistryCase):
    def assertLetIn(self, client):
        self.assertDone(client.docker_login())
        self.assertDone(client.push(self.image, "library/losses:1"))
        self.assertEqual(ask_token(self.stack, client.robot).status, 200)

    def assertShutOut(self, client):
        self.assertRefused(client.docker_login())
        self.assertRefused(client.push(self.image, "library/losses:1"))
        self.assertRefused(client.pull("library/losses:1"))
        self.assertEqual(ask_token(self.stack, client.robot).status, 401)


class Losses(LossCase):
    def test_disabled_and_enabled_again(self):
        robot, created = self.new_robot("switched", "--push-image", "--never-expires")
        client = self.client(robot)
        self.assertLetIn(client)
        disabled = self.change("account", "disable", robot.name, "--reason", "seen in a log")
        self.assertShutOut(client)
        enabled = self.change("account", "enable", robot.name)
        self.assertLetIn(client)
        self.assertStory(robot.name, "push-image", (created, disabled), (enabled, None))

    def test_deleted_for_good(self):
        robot, created = self.new_robot("deleted", "--push-image", "--never-expires")
        client = self.client(robot)
        self.assertLetIn(client)
        deleted = self.change("account", "delete", robot.name)
        self.assertShutOut(client)
        again, created_again = self.new_robot("deleted", "--push-image", "--never-expires")
        self.assertShutOut(client)
        self.assertLetIn(self.client(again))
        self.assertStory(robot.name, "push-image", (created, deleted), (created_again, None))

    def test_revoked_and_granted_again(self):
        robot, created = self.new_robot("revoked", "--push-image", "--never-expires")
        client = self.client(robot)
        self.assertLetIn(client)
        revoked = self.change("account", "revoke", robot.name, "push-image")
        self.assertDone(client.docker_login())
        self.assertDone(client.pull("library/losses:1"))
        self.assertRefused(client.push(self.image, "library/losses:1"))
        granted = self.change("account", "grant", robot.name, "push-image")
        self.assertLetIn(client)
        self.assertStory(robot.name, "push-image", (created, revoked), (granted, None))
        self.assertStory(robot.name, "pull-image", (created, None))

    def test_another_secret(self):
        robot, created = self.new_robot("rotated", "--push-image", "--never-expires")
        client = self.client(robot)
        self.assertLetIn(client)
        rotated = self.stack.robot(self.change("account", "rotate-secret", robot.name))
        self.assertShutOut(client)
        self.assertLetIn(self.client(rotated))
        self.assertStory(robot.name, "push-image", (created, None))

    def test_gone_with_its_project(self):
        self.change("project", "create", "passing")
        robot, created = self.new_robot("guest", "--push-image", "--never-expires",
                                        project="passing")
        client = self.client(robot)
        self.assertDone(client.push(self.image, "passing/app:1"))
        deleted = self.change("project", "delete", "passing")
        self.assertRefused(client.docker_login())
        self.assertRefused(client.push(self.image, "passing/app:2"))
        self.change("project", "create", "passing")
        self.assertRefused(client.docker_login())
        [window] = self.windows(robot.name, "push-image", "passing")
        self.assertEqual((window["from"], window["until"]), (created["time"], deleted["time"]))


class Expiry(LossCase):
    @classmethod
    def history(cls):
        """With a robot that expires in a moment, and one that follows the system's setting."""
        aged, soon = now() - 10 * DAY, now() - DAY
        soon = soon.replace(microsecond=0) + EXPIRES_IN_S * (DAY / 86400)
        return super().history() + "".join(
            history_line(at, "create_account", project="library", name=name, expires=expires,
                         permissions=["push-image"])
            for at, name, expires in ((aged, "aged", "system"), (soon, "brief", 1)))

    def imported(self, name):
        """The robot with a secret of its own, and the first event's receipt."""
        shown = self.stack.json("account", "show", name)
        robot = self.stack.robot(self.change("account", "rotate-secret", name))
        return robot, {"time": shown["created_at"], "first_sequence": shown["created_by_event"]}

    def test_expired_by_its_own_days_and_renewed(self):
        robot, created = self.imported("robot$library+brief")
        client = self.client(robot)
        self.assertLetIn(client)
        expiry = instant(created["time"]) + DAY
        asked = now()
        while ask_token(self.stack, robot).status == 200:
            self.assertLess(asked, expiry, "it was let in when it had expired")
            asked = now()
        self.assertGreaterEqual(now(), expiry, "it was refused before it had expired")
        self.assertShutOut(client)
        renewed = self.change("account", "renew", robot.name)
        self.assertLetIn(client)
        ends = [(instant(receipt["time"]) + DAY).isoformat().replace("+00:00", "Z")
                for receipt in (created, renewed)]
        self.assertStory(robot.name, "push-image", (created, ends[0]), (renewed, ends[1]))

    def test_expired_by_the_systems_setting_and_renewed(self):
        robot, created = self.imported("robot$library+aged")
        client = self.client(robot)
        self.assertLetIn(client)
        shortened = self.change("system", "expiry", "5")
        self.assertShutOut(client)
        self.change("system", "expiry", "30")
        self.assertShutOut(client)  # what has expired stays so
        renewed = self.change("account", "renew", robot.name)
        self.assertLetIn(client)
        ends = (instant(renewed["time"]) + 30 * DAY).isoformat().replace("+00:00", "Z")
        self.assertStory(robot.name, "push-image", (created, shortened), (renewed, ends))


if __name__ == "__main__":
    main()
