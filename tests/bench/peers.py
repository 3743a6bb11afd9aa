"""What the hardware allows: pgbench writes and reads the same rows, in the same tables, without a bank.

It works on a copy of the bank's database, made while the daemon stood still, so that tables and indexes have the
same rows. Statements are prepared, and those of a transaction are sent at once: the best that pgbench can do.
"""
import subprocess

import bench
from bench import banks

PGBENCH = "/usr/lib/postgresql/15/bin/pgbench"
SHORT = {"log.item": "item", "projection.outcome": "outcome", "projection.outcome_version": "version"}

class Peers:
    """A copy of the bank's database; pgbench on it."""

    def __init__(self, cluster, database, folder):
        self.folder = folder
        self.source = database
        name = database.rpartition("dbname=")[2]
        banks.sql(cluster.conninfo, f"CREATE DATABASE {name}_peer TEMPLATE {name}")
        self.database = database + "_peer"
        # What is inserted comes after all that is there.
        banks.sql(self.database, "CREATE SEQUENCE peer_entry START 1000000000")

    def sql(self, statement):
        return banks.sql(self.database, statement)

    def pgbench(self, name, script, clients, seconds, **variables):
        """Transactions a second."""
        path = self.folder / f"{name}.pgbench"
        path.write_text(script, encoding="utf-8")
        words = [PGBENCH, "-n", "-M", "prepared", "-c", clients, "-j", "2", "-T", seconds, "-f", path]
        for variable, value in variables.items():
            words += ["-D", f"{variable}={value}"]
        done = subprocess.run([*map(str, words), self.database], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise SystemExit(done.stderr)
        return next(float(line.split()[2]) for line in done.stdout.splitlines() if line.startswith("tps"))

    def columns(self, table):
        """Name and type of each column."""
        rows = self.sql("SELECT attname, format_type(atttypid, NULL) FROM pg_attribute"
                        f" WHERE attrelid = '{table}'::regclass AND attnum > 0 ORDER BY attnum")
        return [row.split("|") for row in rows.splitlines()]

    def insert(self, table, places):
        """An insert of rows from arrays $NAME_COLUMN; what is in `places` stands instead of an array."""
        taken = [(name, kind) for name, kind in self.columns(table) if name not in places]
        short = SHORT[table]
        arrays = ", ".join(f":{short}_{name}::{kind}[]" for name, kind in taken)
        names = ", ".join(name for name, _ in taken)
        values = ", ".join(places.get(name, f"u.{name}") for name, _ in self.columns(table))
        return f"INSERT INTO {table} SELECT {values} FROM unnest({arrays}) WITH ORDINALITY AS u({names}, place);"

    def rows(self, table, entry_index, skip):
        """The arrays of the rows of an entry, as insert() names them."""
        short = SHORT[table]
        return {f"{short}_{name}": banks.sql(self.source, f"SELECT array_agg({name} ORDER BY item_index) FROM {table}"
                                             f" WHERE entry_index = {entry_index}")
                for name, _ in self.columns(table) if name not in skip}

    def writer(self, entry_index):
        """A script that inserts what an entry of the bank's inserted, and its variables."""
        leaf, entry = banks.sql(self.source, f"SELECT leaf_hash, entry FROM log.entry WHERE entry_index = {entry_index}"
                                ).split("|")
        number = "currval('peer_entry')"
        outer = {"outer_id": f"{number} || '-' || lpad(u.place::text, 3, '0')", "entry_index": number}
        places = {"log.item": {"entry_index": number},
                  "projection.outcome": {**outer, "recorded_entry": number},
                  "projection.outcome_version": outer}
        script = ["\\startpipeline", "BEGIN;",
                  "INSERT INTO log.entry VALUES (nextval('peer_entry'), :leaf::bytea,"
                  f" '{bench.ISSUER}', uuid_send(gen_random_uuid()), 1700000000000000, :entry::bytea);"]
        variables = {"leaf": leaf, "entry": entry}
        for table, place in places.items():
            script.append(self.insert(table, place))
            variables.update(self.rows(table, entry_index, place))
        script += ["COMMIT;", "\\endpipeline"]
        return "\n".join(script) + "\n", variables

    def write(self, name, entry_index, clients, seconds):
        script, variables = self.writer(entry_index)
        return self.pgbench(name, script, clients, seconds, **variables)

    def read(self, first, count, clients, seconds):
        """All columns of the newest 30 outcomes of any of these accounts."""
        digits = ["\\set sum 0"]
        for place in range(13):
            digits += [f"\\set d (:n / {10 ** place}) % 10",
                       f"\\set sum :sum + {'CASE WHEN :d > 4 THEN 2 * :d - 9 ELSE 2 * :d END' if place % 2 == 0 else ':d'}"]
        script = [f"\\set n 1000000000000 + random({first}, {first + count - 1})", *digits,
                  "\\set account :n * 10 + (10 - :sum % 10) % 10",
                  "SELECT * FROM projection.outcome WHERE account_no = :account"
                  " ORDER BY outcome_date DESC, institution_id, outer_id LIMIT 30;"]
        return self.pgbench("read", "\n".join(script) + "\n", clients, seconds)
