// A caller that keeps what was asked and answers what a test prepared.
#pragma once

#include <google/protobuf/util/json_util.h>

#include <deque>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "cli/program.h"
#include "cli/session.h"

namespace cadastre::cli {

struct Conversation {
  struct Asked {
    std::string method, json;
  };
  std::vector<Asked> asked;
  // Answers by method, as JSON, several of one method in turn and then its last again; a method without one answers the
  // empty message.
  std::vector<std::pair<std::string, std::string>> answers;
  absl::Status failure;
  // What PostJson answers, in order.
  std::deque<Caller::Answer> posts;
  std::vector<std::string> posted;
};

class RecordingCaller final : public Caller {
 public:
  explicit RecordingCaller(Conversation* talk) : talk_(talk) {}

  absl::Status Call(std::string_view method, const google::protobuf::Message& request,
                    google::protobuf::Message* response) override {
    std::string json;
    (void)google::protobuf::util::MessageToJsonString(request, &json);
    talk_->asked.push_back({std::string(method), json});
    if (!talk_->failure.ok()) return talk_->failure;
    size_t turns = 0;
    for (const Conversation::Asked& one : talk_->asked) turns += one.method == method ? 1 : 0;
    for (const auto& [known, answer] : talk_->answers) {
      if (known != method || turns == 0) continue;
      --turns;
      response->Clear();
      const auto read = google::protobuf::util::JsonStringToMessage(answer, response);
      if (!read.ok()) return absl::InternalError(std::string(read.message()));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Answer> PostJson(std::string_view path, std::string_view body) override {
    talk_->posted.push_back(std::string(path) + " " + std::string(body));
    if (talk_->posts.empty()) return absl::UnavailableError("nobody there");
    Answer answer = talk_->posts.front();
    talk_->posts.pop_front();
    return answer;
  }

 private:
  Conversation* talk_;
};

struct Outcome {
  int code = 0;
  std::string out, err;
};

// One run of the program with these words after its name.
inline Outcome RunWords(Conversation& talk, const std::vector<std::string>& words, const std::string& input = "") {
  std::vector<const char*> argv = {"cadastre"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  std::ostringstream out, err;
  std::istringstream in(input);
  Session session;
  session.screen.out = &out;
  session.screen.err = &err;
  session.in = &in;
  session.connect = [&talk](const Settings&) { return std::make_unique<RecordingCaller>(&talk); };
  const int code = RunProgram(static_cast<int>(argv.size()), argv.data(), std::move(session));
  return {code, out.str(), err.str()};
}

}  // namespace cadastre::cli
