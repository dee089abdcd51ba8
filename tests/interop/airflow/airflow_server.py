"""A whole Airflow 3 of its own: API server, scheduler and DAG processor on a PostgreSQL, its events sent to a catalog."""
import contextlib
import json
import secrets
import urllib.request

import program
from postgres import free_port
from steps import step

PARTS = ("api-server", "scheduler", "dag-processor")
MIGRATE_SECONDS, READY_SECONDS = 180, 180


class AirflowServer(contextlib.ExitStack):
    """`with AirflowServer(environment, folder, database, transport, dags)`: ready, all DAGs known."""

    def __init__(self, environment, folder, database, transport, dags):
        super().__init__()
        self.environment, self.home, self.dags = environment, folder / "airflow", dags
        self.port, self.token, self.parts = free_port(), None, []
        self.url = f"http://127.0.0.1:{self.port}"
        # The masker of secrets replaces a password wherever it stands in an event: no word may be one.
        password = secrets.token_hex(12)
        database.execute(f"CREATE ROLE airflow LOGIN PASSWORD '{password}'")
        database.execute("CREATE DATABASE airflow OWNER airflow")
        metadata = f"postgresql+psycopg2://airflow:{password}@127.0.0.1:{database.port}/airflow"
        self.around = program.surroundings(
            folder, AIRFLOW_HOME=self.home, AIRFLOW_CONN_SHOP=f"postgresql://shop@127.0.0.1:{database.port}/shop",
            **self._settings(metadata, transport))
        self.around["PATH"] = f"{environment / 'bin'}:{self.around['PATH']}"

    def _settings(self, metadata, transport):
        sections = {
            "core": {"dags_folder": self.dags, "load_examples": False, "dags_are_paused_at_creation": False, "parallelism": 2,
                     "executor": "LocalExecutor", "execution_api_server_url": f"{self.url}/execution/",
                     "auth_manager": "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager",
                     "simple_auth_manager_users": "shop:admin",
                     "simple_auth_manager_passwords_file": self.home / "passwords.json"},
            "database": {"sql_alchemy_conn": metadata},
            "api": {"host": "127.0.0.1", "port": self.port, "workers": 1, "base_url": self.url,
                    "secret_key": secrets.token_hex(16)},
            "api_auth": {"jwt_secret": secrets.token_hex(32)},
            "logging": {"worker_log_server_port": free_port(), "trigger_log_server_port": free_port()},
            "scheduler": {"scheduler_health_check_server_port": free_port()},
            "dag_processor": {"refresh_interval": 5, "min_file_process_interval": 5, "parsing_processes": 1},
            "openlineage": {"transport": json.dumps(transport), "namespace": "airflow-shop"},
            "usage_data_collection": {"enabled": False},
        }
        return {f"AIRFLOW__{section}__{name}".upper(): value
                for section, settings in sections.items() for name, value in settings.items()}

    def __enter__(self):
        super().__enter__()
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *error):
        # All at once: each takes seconds to end.
        for part in self.parts:
            part.ask_to_end()
        return super().__exit__(*error)

    def _start(self):
        self.home.mkdir()
        (self.home / "passwords.json").write_text(json.dumps({"shop": "shop"}))
        with step("Airflow migrates its database"):
            program.run("airflow db migrate", ["airflow", "db", "migrate"], self.home / "migrate.log", MIGRATE_SECONDS,
                        env=self.around, cwd=self.home)
        for part in PARTS:
            self.parts.append(self.enter_context(program.Program(
                f"airflow {part}", ["airflow", part], self.home / f"{part}.log", env=self.around, cwd=self.home)))
        with step("Airflow starts"):
            program.await_that(self._log_in, "login to Airflow", READY_SECONDS, *self.parts)
            known = len(set(self.dags.glob("*.py")))
            program.await_that(lambda: len(self.call("dags")["dags"]) >= known, "DAGs in Airflow", READY_SECONDS, *self.parts)

    def _request(self, path, body=None):
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(self.url + path, None if body is None else json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def _log_in(self):
        try:
            self.token = self._request("/auth/token", {"username": "shop", "password": "shop"})["access_token"]
        except OSError:
            return False
        return True

    def call(self, path, body=None):
        return self._request(f"/api/v2/{path}", body)

    def trigger(self, dag):
        self.call(f"dags/{dag}/dagRuns", {"logical_date": None})

    def await_runs(self, timeout, **expected):
        """Waits until the newest run of each DAG is in the state expected of it."""
        def there():
            states = {}
            for dag in expected:
                runs = self.call(f"dags/{dag}/dagRuns?order_by=-run_after")["dag_runs"]
                states[dag] = runs[0]["state"] if runs else None
            return states == expected
        program.await_that(there, f"runs {expected} in Airflow", timeout, *self.parts)
