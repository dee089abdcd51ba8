// HttpClient: one keep-alive connection of HTTP/1.1, blocking: as little client as can be, so that the server is
// measured.
//
// Made by a bench for each connection; thread rule: confined.
// Errors: UNAVAILABLE (no connection, or a broken one).
#pragma once

#include <string>
#include <string_view>

#include "base/words.h"

namespace cadastre::bench {

class HttpClient {
 public:
  HttpClient(std::string host, int port) : host_(std::move(host)), port_(port) {}
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // The status code; the body of the answer is read and dropped.
  StatusOr<int> Get(std::string_view path);
  StatusOr<int> PostJson(std::string_view path, std::string_view bearer, std::string_view body);

 private:
  Status Connect();
  StatusOr<int> Exchange(const std::string& request);
  StatusOr<int> ReadAnswer();

  const std::string host_;
  const int port_;
  int socket_ = -1;
  std::string buffer_;
};

}  // namespace cadastre::bench
