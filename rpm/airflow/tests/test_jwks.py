"""When the provider's keys are asked for, and which of them are taken."""
import json
import logging
import multiprocessing
import os
import signal
import tempfile
import time
import unittest
from unittest import mock

from cases import named, table
from identity import Key

from airflow_appliance import common
from airflow_appliance.fetch import Unreachable
from airflow_appliance.jwks import (
    AWAY_INTERVAL,
    CHECK_INTERVAL,
    MAX_AGE,
    MIN_INTERVAL,
    RETRY_INTERVAL,
    Jwks,
    UnknownKey,
    signing_keys,
)

key = Key("one")
OTHERS = {
    "for encryption": key.jwk(use="enc"),
    "for nothing said": {k: v for k, v in key.jwk().items() if k != "use"},
    "of another algorithm": key.jwk(alg="RS512"),
    "of another type": key.jwk(kty="oct", k="c2VjcmV0"),
    "without id": {k: v for k, v in key.jwk().items() if k != "kid"},
    "with an id that is no text": key.jwk(kid=1),
    "with a broken number": key.jwk(n="*"),
    "with 1024 bits": Key("one", 1024).jwk(),
    "that is no object": "key",
}


@named
class SigningKeys(unittest.TestCase):
    def setUp(self):
        logging.disable(logging.WARNING)
        self.addCleanup(logging.disable, logging.NOTSET)

    @table(OTHERS)
    def passes_over_a_key(self, entry):
        self.assertEqual(list(signing_keys({"keys": [entry, Key("two").jwk()]})), ["two"])

    def test_a_set_without_keys_is_an_error(self):
        with self.assertRaises(ValueError):
            signing_keys({})

    def test_a_set_that_is_no_object_is_an_error(self):
        with self.assertRaises(ValueError):
            signing_keys([Key("one").jwk()])


class Fetches(unittest.TestCase):
    def setUp(self):
        logging.disable(logging.WARNING)
        self.addCleanup(logging.disable, logging.NOTSET)
        self.now, self.count, self.failing, self.keys = 0, 0, False, [key]
        self.jwks = Jwks(self.fetch, lambda: self.now)

    def fetch(self):
        self.count += 1
        if self.failing:
            raise Unreachable("away")
        return {"keys": [k.jwk() for k in self.keys]}

    def unknown(self):
        with self.assertRaises(UnknownKey):
            self.jwks.find("unknown")

    def test_a_known_key_is_fetched_once(self):
        for self.now in range(0, MAX_AGE, 100):
            self.jwks.find("one")
        self.assertEqual(self.count, 1)

    def test_unknown_keys_are_one_fetch_per_interval(self):
        self.jwks.find("one")
        for _ in range(1000):
            self.unknown()
        self.assertEqual(self.count, 2)
        self.now = MIN_INTERVAL
        self.unknown()
        self.assertEqual(self.count, 3)

    def test_a_key_that_is_rotated_right_after_the_first_ones_is_found(self):
        self.jwks.find("one")
        self.keys, self.now = [Key("two")], 1
        self.jwks.find("two")
        self.assertEqual(self.count, 2)

    def test_a_key_that_is_rotated_right_after_old_ones_were_renewed_is_found(self):
        self.jwks.find("one")
        self.now = MAX_AGE + 1
        self.jwks.find("one")
        self.keys, self.now = [Key("two")], MAX_AGE + 2
        self.jwks.find("two")
        self.assertEqual(self.count, 3)
        self.unknown()
        self.assertEqual(self.count, 3)

    def test_a_withdrawn_key_leaves(self):
        self.jwks.find("one")
        self.keys, self.now = [Key("two")], MAX_AGE + 1
        with self.assertRaises(UnknownKey):
            self.jwks.find("one")

    def test_known_keys_stay_while_the_provider_is_away(self):
        self.jwks.find("one")
        self.failing, self.now = True, MAX_AGE + 1
        self.jwks.find("one")
        self.jwks.find("one")
        self.assertEqual(self.count, 2)

    def frozen(self):
        """An attempt that takes as long as the time after which a next one used to be made."""
        self.count += 1
        self.now += 10
        raise Unreachable("timed out")

    def test_a_frozen_provider_is_not_asked_by_every_request(self):
        self.jwks.find("one")
        self.jwks._fetch = self.frozen
        self.now = MAX_AGE + 1
        for _ in range(10):
            self.jwks.find("one")
        self.assertEqual(self.count, 2)

    def test_without_keys_a_frozen_provider_is_not_asked_by_every_request(self):
        self.jwks._fetch = self.frozen
        for _ in range(10):
            with self.assertRaises(Unreachable):
                self.jwks.find("one")
        self.assertEqual(self.count, 1)

    def test_a_forged_id_asks_a_failing_provider_once(self):
        self.jwks.find("one")
        self.failing, self.now = True, MIN_INTERVAL
        with self.assertRaises(Unreachable):
            self.jwks.find("forged")
        for self.now in range(MIN_INTERVAL, 2 * MIN_INTERVAL):
            with self.assertRaises(Unreachable):
                self.jwks.find("forged")
        self.assertEqual(self.count, 2)

    def test_a_check_is_a_rare_look_that_has_the_newest_keys(self):
        self.jwks.check()
        self.keys = [Key("two")]
        self.jwks.check()
        self.assertEqual(self.count, 1)
        self.now = CHECK_INTERVAL
        self.jwks.check()
        self.jwks.find("two")
        self.assertEqual(self.count, 2)

    def test_a_key_that_is_rotated_right_after_a_check_is_found(self):
        self.jwks.check()
        self.keys, self.now = [Key("two")], 1
        self.jwks.find("two")
        self.assertEqual(self.count, 2)
        self.unknown()
        self.assertEqual(self.count, 2)

    def test_a_check_says_that_the_provider_is_away_and_known_keys_stay(self):
        self.jwks.check()
        self.failing, self.now = True, CHECK_INTERVAL
        for _ in range(2):
            with self.assertRaises(Unreachable):
                self.jwks.check()
        self.jwks.find("one")
        self.assertEqual(self.count, 2)
        self.failing, self.now = False, CHECK_INTERVAL + AWAY_INTERVAL
        self.jwks.check()

    def test_an_unreachable_provider_is_asked_again_soon(self):
        self.failing = True
        with self.assertRaises(Unreachable):
            self.jwks.find("one")
        self.failing, self.now = False, RETRY_INTERVAL
        self.jwks.find("one")
        self.assertEqual(self.count, 2)

    def test_what_cannot_be_read_is_passed_over(self):
        self.jwks.find("one")
        for damage in (b"", b"[", b"5", b"x" * 100_000):
            self.jwks._common.write(damage)
            self.jwks.find("one")
            self.unknown()
        self.assertEqual(self.count, 2)

    def test_without_common_memory_each_process_is_alone(self):
        with mock.patch("os.memfd_create", side_effect=PermissionError):
            self.jwks = Jwks(self.fetch, lambda: self.now)
        self.test_unknown_keys_are_one_fetch_per_interval()

    def test_memory_that_takes_nothing_does_no_harm(self):
        with mock.patch("os.pwrite", side_effect=OSError):
            self.test_unknown_keys_are_one_fetch_per_interval()


@named
class Processes(unittest.TestCase):
    """Several processes of one webserver, forked as gunicorn's master does it."""

    MANY = 4

    def setUp(self):
        logging.disable(logging.WARNING)
        self.addCleanup(logging.disable, logging.NOTSET)
        self.fetches = tempfile.TemporaryFile(buffering=0)
        self.addCleanup(self.fetches.close)
        fork = multiprocessing.get_context("fork")
        self.now, self.published, self.dies = fork.Value("d", 1000), fork.Value("i", 0), fork.Value("b", 0)
        self.begin = fork.Event()
        self.fork = fork
        self.sets = [{"keys": [Key("one").jwk()]}, {"keys": [Key("two").jwk()]}]
        self.jwks = Jwks(self.fetch, lambda: self.now.value)

    def fetch(self):
        os.write(self.fetches.fileno(), b"x")
        if self.dies.value:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.1)  # so that the others come meanwhile
        if self.published.value < 0:
            raise Unreachable("away")
        return self.sets[self.published.value]

    def count(self):
        return os.fstat(self.fetches.fileno()).st_size

    def all(self, work, many=MANY):
        """The exit codes of processes that do this at the same moment."""

        def one():
            self.begin.wait(20)
            work()

        self.begin.clear()
        processes = [self.fork.Process(target=one) for _ in range(many)]
        for process in processes:
            process.start()
        self.begin.set()
        for process in processes:
            process.join(20)
            process.kill()
            process.join()
        return [process.exitcode for process in processes]

    def forge(self):
        for number in range(50):
            with self.assertRaises(UnknownKey):
                self.jwks.find(f"forged-{os.getpid()}-{number}")

    def test_forged_ids_are_one_fetch_for_all_of_them(self):
        self.assertEqual(self.all(lambda: self.jwks.find("one")), [0] * self.MANY)
        self.assertEqual(self.count(), 1)
        self.assertEqual(self.all(self.forge), [0] * self.MANY)
        self.assertEqual(self.count(), 2)
        self.now.value += MIN_INTERVAL - 1
        self.assertEqual(self.all(self.forge), [0] * self.MANY)
        self.assertEqual(self.count(), 2)
        self.now.value += 1
        self.assertEqual(self.all(self.forge), [0] * self.MANY)
        self.assertEqual(self.count(), 3)

    def test_a_rotated_key_that_one_has_fetched_all_know(self):
        self.jwks.find("one")
        self.published.value = 1
        self.assertEqual(self.all(lambda: self.jwks.find("two")), [0] * self.MANY)
        self.assertEqual(self.count(), 2)

    def test_one_that_begins_later_knows_it_too(self):
        self.all(lambda: self.jwks.find("one"), 1)
        self.assertEqual(self.all(lambda: self.jwks.find("one")), [0] * self.MANY)
        self.assertEqual(self.count(), 1)

    def test_one_that_is_killed_while_it_asks_holds_nobody(self):
        self.dies.value = 1
        self.assertEqual(self.all(lambda: self.jwks.find("one"), 1), [-signal.SIGKILL])
        self.dies.value = 0
        self.assertEqual(self.all(lambda: self.jwks.find("one")), [0] * self.MANY)
        self.assertEqual(self.count(), 2)

    def test_one_that_is_stopped_while_it_asks_holds_nobody_for_ever(self):
        holds = self.fork.Event()

        def stop():
            with self.jwks._common.alone():
                holds.set()
                os.kill(os.getpid(), signal.SIGSTOP)

        stopped = self.fork.Process(target=stop)
        stopped.start()
        self.assertTrue(holds.wait(20))
        with mock.patch.object(common, "PATIENCE", 0.2):
            self.assertEqual(self.all(lambda: self.jwks.find("one")), [0] * self.MANY)
            self.jwks.find("one")
        self.assertEqual(self.count(), self.MANY + 1)
        stopped.kill()
        stopped.join()
        self.published.value, self.now.value = 1, self.now.value + MIN_INTERVAL
        self.assertEqual(self.all(lambda: self.jwks.find("two")), [0] * self.MANY)
        self.assertEqual(self.count(), self.MANY + 2)

    @table({"no object": [["key"], None, 0, 0, 0], "times that are none": [{}, None, 0, None, 0], "no list": {"keys": []}})
    def what_one_has_written_is_not_to_be_used(self, written):
        with self.jwks._common.alone():
            self.jwks._common.write(json.dumps(written).encode())
        self.jwks.find("one")
        self.assertEqual(self.count(), 1)

    def test_a_system_without_such_memory(self):
        with mock.patch.object(os, "memfd_create"):
            del os.memfd_create
            self.jwks = Jwks(self.fetch, lambda: self.now.value)
        self.assertEqual(self.all(lambda: self.jwks.find("one")), [0] * self.MANY)
        self.assertEqual(self.count(), self.MANY)

    def test_a_provider_that_is_away_is_asked_once_for_all(self):
        self.published.value = -1

        def look():
            with self.assertRaises(Unreachable):
                self.jwks.check()

        self.assertEqual(self.all(look), [0] * self.MANY)
        self.assertEqual(self.count(), 1)
        self.published.value = 0
        self.now.value += AWAY_INTERVAL
        self.assertEqual(self.all(self.jwks.check), [0] * self.MANY)
        self.assertEqual(self.count(), 2)

    def test_none_of_them_calls_a_key_unknown_while_the_provider_is_away(self):
        self.jwks.find("one")
        self.published.value = -1

        def find():
            with self.assertRaises(Unreachable):
                self.jwks.find("two")

        self.assertEqual(self.all(find), [0] * self.MANY)
        self.assertEqual(self.count(), 2)

    def test_who_has_a_key_waits_for_nobody_who_asks(self):
        self.jwks.find("one")
        with self.jwks._common.alone():
            self.assertEqual(self.all(lambda: self.jwks.find("one"), 1), [0])


if __name__ == "__main__":
    unittest.main()
