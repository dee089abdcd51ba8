// A PostgreSQL server of a test's own: Debian's, in a temporary folder, on a Unix socket alone.
//
// Owner: the test program; ended and taken away with it. The server does not run as root, so a test that does runs it
// as the user that Debian's package makes.
#pragma once

#include <fcntl.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "base/check.h"
#include "base/status.h"
#include "tests/support/temp_folder.h"

namespace cadastre::ingest_postgres {

class PostgresServer {
 public:
  PostgresServer() {
    if (getuid() == 0) {
      const passwd* user = getpwnam("postgres");
      CHECK(user != nullptr) << "the package postgresql-15 is not installed";
      uid_ = user->pw_uid;
      gid_ = user->pw_gid;
      CHECK(chown(folder().c_str(), uid_, gid_) == 0);
    }
    CHECK(WaitFor(Spawn({Program("initdb"), "-D", data(), "-U", "admin", "-A", "trust", "-E", "UTF8",
                         "--locale=C.UTF-8", "--no-sync"})) == 0)
        << "initdb failed; see " << folder() << "/log";
    server_ = Spawn({Program("postgres"), "-D", data(), "-k", folder(), "-c", "listen_addresses=", "-c", "fsync=off",
                     "-c", "shared_buffers=16MB", "-c", "max_connections=10"});
    const std::string where = base::Cat("host=", folder(), " user=admin dbname=postgres");
    for (int tries = 0; PQping(where.c_str()) != PQPING_OK; ++tries) {
      CHECK(tries < 600) << "the server did not start; see " << folder() << "/log";
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  }
  ~PostgresServer() {
    kill(server_, SIGINT);
    WaitFor(server_);
  }
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  const std::string& folder() const { return folder_.path(); }

  // A connection as the administrator that stays; the caller ends it with PQfinish.
  PGconn* Connect(const std::string& database) const {
    const std::string host = folder();
    const char* names[] = {"host", "user", "dbname", nullptr};
    const char* values[] = {host.c_str(), "admin", database.c_str(), nullptr};
    PGconn* connection = PQconnectdbParams(names, values, 0);
    CHECK(PQstatus(connection) == CONNECTION_OK) << PQerrorMessage(connection);
    PQsetNoticeProcessor(
        connection, [](void*, const char*) {}, nullptr);
    return connection;
  }

  // Several statements, as the administrator.
  void Run(const std::string& database, const std::string& sql) const {
    PGconn* connection = Connect(database);
    PGresult* result = PQexec(connection, sql.c_str());
    const ExecStatusType status = PQresultStatus(result);
    CHECK(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) << PQerrorMessage(connection);
    PQclear(result);
    PQfinish(connection);
  }

 private:
  static std::string Program(const std::string& name) { return "/usr/lib/postgresql/15/bin/" + name; }
  std::string data() const { return folder() + "/data"; }

  pid_t Spawn(const std::vector<std::string>& words) const {
    std::vector<char*> argv;
    for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    const pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid != 0) return pid;
    const int log = open((folder() + "/log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    if (uid_ != 0 && (setgid(gid_) != 0 || setuid(uid_) != 0)) _exit(126);
    // A test that is killed takes its server with it.
    prctl(PR_SET_PDEATHSIG, SIGINT);
    if (chdir("/") != 0) _exit(126);
    execv(argv[0], argv.data());
    _exit(127);
  }

  static int WaitFor(pid_t pid) {
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
  }

  testing_support::TempFolder folder_;
  uid_t uid_ = 0;
  gid_t gid_ = 0;
  pid_t server_ = 0;
};

}  // namespace cadastre::ingest_postgres
