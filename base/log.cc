#include "base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <cmath>
#include <memory>
#include <utility>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/status.h"
#include "base/time_format.h"
#include "base/utf8.h"

namespace cadastre::base {

namespace {

constexpr size_t kValueBytesMax = 4'096;
constexpr std::string_view kSecretWords[] = {"token", "password", "secret", "authorization", "cookie"};

struct SinkHolder {
  Mutex mutex;
  std::function<void(std::string_view)> sink GUARDED_BY(mutex);
  std::atomic<bool> diverted{false};
};

SinkHolder& Sink() {
  static SinkHolder holder;
  return holder;
}

std::atomic<LogLevel>& Threshold() {
  static std::atomic<LogLevel> level{LogLevel::kInfo};
  return level;
}

spdlog::logger& Engine() {
  static const std::shared_ptr<spdlog::logger> logger = [] {
    auto made = std::make_shared<spdlog::logger>("cadastre", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    made->set_level(spdlog::level::trace);
    made->flush_on(spdlog::level::trace);
    return made;
  }();
  return *logger;
}

bool IsSecret(std::string_view key) {
  if (key == "key") return true;
  for (const std::string_view word : kSecretWords) {
    if (key.find(word) != std::string_view::npos) return true;
  }
  return false;
}

void AppendJsonText(std::string& out, std::string_view text) {
  std::string cleaned;
  if (!IsValidUtf8(text)) {
    cleaned.assign(text);
    for (char& c : cleaned) {
      if (static_cast<unsigned char>(c) >= 0x80) c = '?';
    }
    text = cleaned;
  }
  text = Utf8Prefix(text, kValueBytesMax);
  constexpr char kHex[] = "0123456789abcdef";
  out.push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      out.push_back(kHex[(c >> 4) & 0xF]);
      out.push_back(kHex[c & 0xF]);
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

void AppendValue(std::string& out, const LogField& field) {
  if (IsSecret(field.key)) {
    out += "\"[redacted]\"";
  } else if (const auto* text = std::get_if<std::string_view>(&field.value)) {
    AppendJsonText(out, *text);
  } else if (const auto* number = std::get_if<int64_t>(&field.value)) {
    out += Cat(*number);
  } else if (const auto* real = std::get_if<double>(&field.value)) {
    out += std::isfinite(*real) ? Cat(*real) : "null";
  } else {
    out += std::get<bool>(field.value) ? "true" : "false";
  }
}

std::string_view Word(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return "debug";
    case LogLevel::kInfo: return "info";
    case LogLevel::kWarning: return "warning";
    case LogLevel::kError: return "error";
  }
  return "error";
}

}  // namespace

bool IsLogged(LogLevel level) { return level >= Threshold().load(std::memory_order_relaxed); }

void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (!IsLogged(level)) return;
  std::string line =
      Cat("{\"time\":\"", FormatTime(SystemClock().Now()), "\",\"level\":\"", Word(level), "\",\"event\":");
  AppendJsonText(line, event);
  for (const LogField& field : fields) {
    line.push_back(',');
    AppendJsonText(line, field.key);
    line.push_back(':');
    AppendValue(line, field);
  }
  line.push_back('}');
  SinkHolder& holder = Sink();
  if (holder.diverted.load(std::memory_order_acquire)) {
    MutexLock lock(holder.mutex);
    if (holder.sink) {
      holder.sink(line);
      return;
    }
  }
  Engine().info("{}", line);
}

void SetLogLevel(LogLevel level) { Threshold().store(level); }

void SetLogSink(std::function<void(std::string_view)> sink) {
  SinkHolder& holder = Sink();
  MutexLock lock(holder.mutex);
  holder.diverted.store(sink != nullptr, std::memory_order_release);
  holder.sink = std::move(sink);
}

}  // namespace cadastre::base
