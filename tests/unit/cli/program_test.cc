// What the program takes besides the requests of its commands: the environment, pages, passwords, plain words,
// completion.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "cadastre/authz/v1/authz.pb.h"
#include "cli/command.h"
#include "cli/plain_enums.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/cli/recording_caller.h"

namespace cadastre::cli {
namespace {

using ::testing::HasSubstr;

constexpr char kListTokens[] = "cadastre.authz.v1.AuthzService/ListTokens";

// The environment as a test wants it, and as it was afterwards.
class Environment {
 public:
  Environment(const char* name, const char* value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    setenv(name, value, 1);
  }
  ~Environment() { before_.empty() ? unsetenv(name_) : setenv(name_, before_.c_str(), 1); }

 private:
  const char* name_;
  std::string before_;
};

TEST(Paging, AllPagesAreOneAnswer) {
  Conversation talk;
  talk.answers = {{kListTokens, R"({"tokens":[{"id":"a"}],"nextPageToken":"2"})"},
                  {kListTokens, R"({"tokens":[{"id":"b"}],"nextPageToken":"3"})"},
                  {kListTokens, R"({"tokens":[{"id":"c"}]})"}};
  const Outcome outcome = RunWords(talk, {"tokens", "list", "--all", "--page-size", "1", "--json"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out,
            "{\n \"tokens\": [\n  {\n   \"id\": \"a\"\n  },\n  {\n   \"id\": \"b\"\n  },\n  {\n   \"id\": \"c\"\n  }\n "
            "]\n}\n");
  ASSERT_EQ(talk.asked.size(), 3u);
  EXPECT_EQ(talk.asked[2].json, R"({"pageSize":1,"pageToken":"3"})");
}

TEST(Paging, AServerThatTurnsInCirclesIsLeft) {
  Conversation talk;
  talk.answers = {{kListTokens, R"({"nextPageToken":"again"})"}};
  const Outcome outcome = RunWords(talk, {"tokens", "list", "--all"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("twice"));
  EXPECT_EQ(talk.asked.size(), 2u);
}

TEST(Passwords, AreNoArguments) {
  Conversation talk;
  const std::string json = R"({"principal": {"id": "kim", "kind": "person"}, "password": "seen-by-ps"})";
  const Outcome refused = RunWords(talk, {"principals", "put", json});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("--password-stdin"));
  EXPECT_TRUE(talk.asked.empty());
  EXPECT_EQ(RunWords(talk, {"principals", "put", "-"}, json).code, 0);
  EXPECT_EQ(
      RunWords(talk, {"principals", "put", R"({"principal": {"id": "kim"}})", "--password-stdin"}, "typed\n").code, 0);
  ASSERT_EQ(talk.asked.size(), 2u);
  EXPECT_THAT(talk.asked[0].json, HasSubstr(R"("kind":"PRINCIPAL_KIND_PERSON")"));
  EXPECT_EQ(talk.asked[1].json, R"({"principal":{"id":"kim"},"password":"typed"})");
}

TEST(Passwords, AreChangedByWhoSaysTheOldOne) {
  Conversation talk;
  EXPECT_EQ(RunWords(talk, {"passwd", "--password-stdin"}, "old one\nnew one\n").code, 0);
  ASSERT_EQ(talk.asked.size(), 1u);
  EXPECT_EQ(talk.asked[0].method, "cadastre.authz.v1.AuthzService/ChangePassword");
  EXPECT_EQ(talk.asked[0].json, R"({"oldPassword":"old one","newPassword":"new one"})");
  EXPECT_EQ(RunWords(talk, {"passwd", "--password-stdin", "--validate-only"}, "old one\nnew one\n").code, 0);
  EXPECT_EQ(talk.asked.back().json, R"({"oldPassword":"old one","newPassword":"new one","validateOnly":true})");
  EXPECT_EQ(RunWords(talk, {"passwd"}).code, 2);
}

TEST(Logout, RevokesAndForgetsTheKeptToken) {
  const testing_support::TempFolder folder;
  const Environment home("XDG_CONFIG_HOME", folder.path().c_str());
  const Environment token("CADASTRE_TOKEN", "cad_mine");
  Settings kept;
  kept.token = "cad_mine";
  kept.url = "http://127.0.0.1:8080";
  ASSERT_TRUE(SaveToken(kept).ok());
  Conversation talk;
  EXPECT_EQ(RunWords(talk, {"logout"}).code, 0);
  EXPECT_EQ(talk.asked.at(0).method, "cadastre.authz.v1.AuthzService/RevokeToken");
  EXPECT_FALSE(std::ifstream(TokenPath()).good());
  // Another's stays.
  kept.token = "cad_other";
  ASSERT_TRUE(SaveToken(kept).ok());
  EXPECT_EQ(RunWords(talk, {"logout"}).code, 0);
  EXPECT_TRUE(std::ifstream(TokenPath()).good());
}

TEST(PlainWords, StandForEnums) {
  const auto& grant = *authz::v1::Grant::descriptor();
  EXPECT_EQ(WithEnumNames(grant, R"({"privileges":["read","read_columns","PRIVILEGE_AUDIT"]})"),
            R"({"privileges":["PRIVILEGE_READ","PRIVILEGE_READ_COLUMNS","PRIVILEGE_AUDIT"]})");
  EXPECT_EQ(WithEnumNames(*authz::v1::PutPrincipalRequest::descriptor(), R"({"principal":{"kind":"service"}})"),
            R"({"principal":{"kind":"PRINCIPAL_KIND_SERVICE"}})");
  // What is no word of an enum is left for whoever reads it to refuse, and text stays text.
  for (const char* as_is :
       {R"({"privileges":["fly"]})", R"({"id":"read","role":"audit"})", "[1", R"({"privileges":[2]})"}) {
    EXPECT_EQ(WithEnumNames(grant, as_is), as_is);
  }
}

TEST(Settings, TheEnvironmentStandsWhereNoOptionDoes) {
  std::vector<Settings> seen;
  const auto run = [&](std::vector<const char*> argv) {
    Conversation talk;
    std::ostringstream out, err;
    Session session;
    session.screen.out = &out;
    session.screen.err = &err;
    session.connect = [&](const Settings& settings) {
      seen.push_back(settings);
      return std::make_unique<RecordingCaller>(&talk);
    };
    argv.insert(argv.begin(), "cadastre");
    return RunProgram(static_cast<int>(argv.size()), argv.data(), std::move(session));
  };
  const Environment url("CADASTRE_URL", "https://from.environment:1");
  const testing_support::TempFolder folder;
  const std::string pem = folder.path() + "/ca.pem";
  std::ofstream(pem) << "-----BEGIN CERTIFICATE-----\n";
  const Environment ca("SSL_CERT_FILE", pem.c_str());
  EXPECT_EQ(run({"whoami"}), 0);
  EXPECT_EQ(run({"--url", "http://from.option:2/", "whoami"}), 0);
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].url, "https://from.environment:1");
  EXPECT_EQ(seen[0].ca, pem);
  EXPECT_EQ(seen[1].url, "http://from.option:2");
  EXPECT_EQ(run({"--ca", "/no/such.pem", "whoami"}), 2);
  EXPECT_EQ(run({"--cert", pem.c_str(), "whoami"}), 2);
  EXPECT_EQ(run({"--ca", folder.path().c_str(), "whoami"}), 2);
}

TEST(Completion, KnowsEveryCommandAndItsOptions) {
  for (const char* shell : {"bash", "zsh"}) {
    Conversation talk;
    const Outcome outcome = RunWords(talk, {"completion", shell});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    for (const CommandRow& row : Commands()) {
      const std::string words = row.words;
      EXPECT_THAT(outcome.out,
                  HasSubstr(words.find(' ') == std::string::npos ? "' " + words + "'" : "'" + words + "'"));
    }
    for (const char* option : {"--password-stdin", "--ca", "--max-hops", "--all"})
      EXPECT_THAT(outcome.out, HasSubstr(option));
    EXPECT_TRUE(talk.asked.empty());
  }
  Conversation talk;
  EXPECT_EQ(RunWords(talk, {"completion", "fish"}).code, 2);
}

TEST(Version, IsToldWithoutAServer) {
  Conversation talk;
  const Outcome outcome = RunWords(talk, {"--version"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out, "unknown\n");
}

}  // namespace
}  // namespace cadastre::cli
