// The server's own log: one JSON object a line on standard error, written at once.
//
// Owner: the process. Thread rule: safe.
// A field whose key is a word for a secret (token, password, secret, authorization, cookie, key) is written as
// "[redacted]", whatever its value. Bounds: a value is cut at 4,096 bytes, invalid UTF-8 is replaced. Deliberately does
// not: audit (authz does), rotate files, count (base/metrics.h does).
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace cadastre::base {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

struct LogField {
  std::string_view key;
  std::variant<std::string_view, int64_t, double, bool> value;

  LogField(std::string_view k, std::string_view text) : key(k), value(text) {}
  LogField(std::string_view k, const std::string& text) : key(k), value(std::string_view(text)) {}
  LogField(std::string_view k, const char* text) : key(k), value(std::string_view(text)) {}
  LogField(std::string_view k, bool flag) : key(k), value(flag) {}
  LogField(std::string_view k, double number) : key(k), value(number) {}
  template <typename Integer>
  requires std::is_integral_v<Integer> LogField(std::string_view k, Integer number)
      : key(k), value(static_cast<int64_t>(number)) {}
};

// `event` is a fixed phrase ("request done"), never built from input; what varies goes into fields.
void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

inline void LogDebug(std::string_view event, std::initializer_list<LogField> fields = {}) {
  Log(LogLevel::kDebug, event, fields);
}
inline void LogInfo(std::string_view event, std::initializer_list<LogField> fields = {}) {
  Log(LogLevel::kInfo, event, fields);
}
inline void LogWarning(std::string_view event, std::initializer_list<LogField> fields = {}) {
  Log(LogLevel::kWarning, event, fields);
}
inline void LogError(std::string_view event, std::initializer_list<LogField> fields = {}) {
  Log(LogLevel::kError, event, fields);
}

// Whether a line of this level would be written, where it costs something to gather.
bool IsLogged(LogLevel level);

// Lines below this level are dropped; kInfo at the start.
void SetLogLevel(LogLevel level);

// Sends every line to `sink` instead of standard error, or back to it when null. For tests; the sink must not log.
void SetLogSink(std::function<void(std::string_view line)> sink);

}  // namespace cadastre::base
