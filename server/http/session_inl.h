// The functions of Session, in the order a request meets them. For http_server.cc alone.
#pragma once

#include "base/status.h"
#include "server/http/session.h"
#include "server/rpc/request_id.h"

namespace cadastre::server {

template <typename Stream>
void Session<Stream>::Begin() {
  if constexpr (kTls) {
    Expire(shared_->options.header_seconds);
    stream_.async_handshake(asio::ssl::stream_base::server, [self = this->shared_from_this()](error_code error) {
      if (!error) return self->ReadHeader();
      TellHandshake(self->peer_, error);
    });
  } else {
    ReadHeader();
  }
}

template <typename Stream>
void Session<Stream>::ReadHeader() {
  admission_.reset();
  head_ = {};
  parser_.emplace();
  parser_->header_limit(kHeaderBytesMax);
  parser_->body_limit(boost::none);
  extensions_ = {};
  on_chunk_ = [this](uint64_t, beast::string_view extensions, error_code& error) {
    if (!extensions_.Take({extensions.data(), extensions.size()})) error = http::error::bad_chunk_extension;
  };
  parser_->on_chunk_header(on_chunk_);
  if (buffer_.size() == 0) buffer_.shrink_to_fit();
  head_memory_.GiveBack();
  seat_->Rest();
  moved_ = 0;
  // Who has just connected has something to say; between two requests there may be a pause.
  Expire(std::exchange(fresh_, false) ? shared_->options.header_seconds : shared_->options.idle_seconds);
  if (buffer_.size() == 0) return ReadHead();
  // Sent together with the last request.
  began_ = Clock::now();
  ParseHead();
}

template <typename Stream>
void Session<Stream>::ReadHead() {
  stream_.async_read_some(
      buffer_.prepare(kHeadPiece),
      [self = this->shared_from_this()](error_code error, size_t bytes) { self->OnHead(error, bytes); });
}

template <typename Stream>
void Session<Stream>::OnHead(error_code error, size_t bytes) {
  if (error) return Close();
  buffer_.commit(bytes);
  if (std::exchange(moved_, moved_ + bytes) == 0) {
    began_ = Clock::now();
    Socket().expires_at(began_ + std::chrono::seconds(shared_->options.header_seconds));
  }
  ParseHead();
}

template <typename Stream>
void Session<Stream>::ParseHead() {
  error_code error;
  buffer_.consume(parser_->put(buffer_.data(), error));
  if (error == http::error::need_more) {
    // An ordinary header comes in one piece; what a slow one makes us hold counts.
    if (!head_memory_.Resize(buffer_.size()).ok()) return Close();
    return ReadHead();
  }
  if (error == http::error::header_limit) return Refuse(431, "headers: at most 64 KiB");
  if (error) return Refuse(400, "not an HTTP/1.1 request");
  OnHeader();
}

template <typename Stream>
void Session<Stream>::OnHeader() {
  head_ = HeadOf(*parser_, peer_);
  keep_alive_ = parser_->keep_alive() && !shared_->stopping.load();
  if (const Status framed = CheckFraming(head_.headers, parser_->get().version()); !framed.ok()) {
    return Refuse(400, std::string(base::MessageOf(framed)));
  }
  Socket().expires_never();
  seat_->Work();
  // What is not read stands before the next request, so there is none.
  const bool has_body = !parser_->is_done();
  const bool keep_alive = std::exchange(keep_alive_, keep_alive_ && !has_body);
  linger_ = has_body;
  answering_ = true;
  shared_->answering.fetch_add(1);
  admission_ = shared_->handler->Admit(head_, Replier());
  if (!admission_) return;
  EndAnswer();
  keep_alive_ = keep_alive;
  linger_ = false;
  OnAdmitted();
}

template <typename Stream>
void Session<Stream>::OnAdmitted() {
  head_.sender = admission_->memory->sender();
  head_.memory = admission_->memory;
  head_.requests = admission_->requests;
  began_ = Clock::now();
  waits_since_.reset();
  moved_ = 0;
  const auto length = parser_->content_length();
  if (length && *length > admission_->body_bytes_max) return Refuse(413, "");
  parser_->body_limit(admission_->body_bytes_max);
  if (parser_->is_done()) return HandOn();
  if (buffer_.size() == 0 && SameWord(head_.Header("expect"), "100-continue")) return SendContinue();
  ParseBody();
}

template <typename Stream>
void Session<Stream>::SendContinue() {
  auto response = std::make_shared<http::response<http::empty_body>>(http::status::continue_, 11);
  Expire(shared_->options.grace_seconds);
  http::async_write(stream_, *response, [self = this->shared_from_this(), response](error_code error, size_t) {
    if (!error) self->ReadBody();
  });
}

template <typename Stream>
void Session<Stream>::ReadBody() {
  ExpireByRate(moved_);
  // Until a body is there it is its client that is waited for.
  seat_->Rest();
  stream_.async_read_some(
      buffer_.prepare(kBodyPiece),
      [self = this->shared_from_this()](error_code error, size_t bytes) { self->OnBody(error, bytes); });
}

template <typename Stream>
void Session<Stream>::OnBody(error_code error, size_t bytes) {
  if (error) return Close();
  buffer_.commit(bytes);
  moved_ += bytes;
  ParseBody();
}

template <typename Stream>
void Session<Stream>::ParseBody() {
  error_code error;
  while (buffer_.size() > 0 && !parser_->is_done()) {
    buffer_.consume(parser_->put(buffer_.data(), error));
    if (error) break;
  }
  if (error == http::error::body_limit) return Refuse(413, "");
  if (error && error != http::error::need_more) return Refuse(400, "body: expected chunks as RFC 9112 has them");
  // A chunk's own header is short.
  if (error && buffer_.size() >= kHeaderBytesMax) return Refuse(400, "body: expected chunks with short headers");
  MakeRoom(1, parser_->is_done() ? &Session::EndBody : &Session::ReadBody);
}

template <typename Stream>
void Session<Stream>::MakeRoom(size_t factor, void (Session::*next)()) {
  if (admission_->memory->Resize(parser_->get().body().capacity() * factor).ok()) {
    waits_since_.reset();
    return (this->*next)();
  }
  const auto now = Clock::now();
  if (!waits_since_) waits_since_ = now;
  if (now >= *waits_since_ + std::chrono::seconds(shared_->options.patience_seconds)) {
    linger_ = !parser_->is_done();
    keep_alive_ = keep_alive_ && !linger_;
    admission_->memory->GiveBack();
    return Write(std::make_shared<HttpResponse>(shared_->handler->TurnAway(head_)));
  }
  // TCP holds the sender back meanwhile, and the wait is ours.
  Socket().expires_never();
  seat_->Work();
  const auto pause = std::chrono::milliseconds(20);
  began_ += pause;
  timer_.emplace(stream_.get_executor(), pause);
  timer_->async_wait([self = this->shared_from_this(), factor, next](error_code error) {
    if (!error) self->MakeRoom(factor, next);
  });
}

template <typename Stream>
void Session<Stream>::EndBody() {
  MakeRoom(admission_->work_factor, &Session::HandOn);
}

template <typename Stream>
void Session<Stream>::HandOn() {
  Socket().expires_never();
  seat_->Work();
  HttpRequest request = std::exchange(head_, {});
  head_.method = request.method;
  head_.peer = peer_;
  head_.request_id = request.request_id;
  request.body = std::move(parser_->get().body());
  answering_ = true;
  shared_->answering.fetch_add(1);
  shared_->handler->Handle(std::move(request), Replier());
}

template <typename Stream>
HttpReply Session<Stream>::Replier() {
  return [self = this->shared_from_this()](HttpResponse response) {
    asio::post(self->stream_.get_executor(),
               [self, response = std::make_shared<HttpResponse>(std::move(response))] { self->Write(response); });
  };
}

// For requests that never reach the handler; the connection cannot go on after them.
template <typename Stream>
void Session<Stream>::Refuse(int status, const std::string& text) {
  const size_t most = admission_ ? admission_->body_bytes_max : 0;
  keep_alive_ = false;
  linger_ = true;
  if (head_.request_id.empty()) head_.request_id = NewRequestId();
  const std::string told = status == 413 ? base::Cat("body: at most ", most, " bytes") : text;
  Write(std::make_shared<HttpResponse>(RefusalOf(status, told, head_.request_id)));
}

template <typename Stream>
void Session<Stream>::Write(std::shared_ptr<HttpResponse> response) {
  response_ = std::move(response);
  // An answer is held until its reader has it.
  if (admission_ && !admission_->memory->Resize(response_->body.size()).ok()) {
    *response_ = shared_->handler->TurnAway(head_);
  }
  const std::string_view body =
      response_->fixed_body.empty() ? std::string_view(response_->body) : response_->fixed_body;
  message_.emplace();
  message_->version(11);
  message_->result(static_cast<unsigned>(response_->status));
  for (const auto& [name, value] : response_->headers) message_->insert(name, value);
  message_->set("X-Request-Id", head_.request_id);
  message_->keep_alive(keep_alive_);
  message_->body() = {body.data(), head_.method == "HEAD" ? 0 : body.size()};
  message_->content_length(body.size());
  serializer_.emplace(*message_);
  began_ = Clock::now();
  moved_ = 0;
  WriteSome();
}

template <typename Stream>
void Session<Stream>::WriteSome() {
  ExpireByRate(moved_);
  seat_->Rest();
  http::async_write_some(stream_, *serializer_, [self = this->shared_from_this()](error_code error, size_t bytes) {
    self->OnWritten(error, bytes);
  });
}

template <typename Stream>
void Session<Stream>::OnWritten(error_code error, size_t bytes) {
  moved_ += bytes;
  if (!error && !serializer_->is_done()) return WriteSome();
  EndAnswer();
  serializer_.reset();
  message_.reset();
  response_.reset();
  admission_.reset();
  if (error) return;
  if (keep_alive_) return ReadHeader();
  Close();
}

template <typename Stream>
void Session<Stream>::Drain() {
  buffer_.consume(buffer_.size());
  Socket().async_read_some(buffer_.prepare(kBodyPiece),
                           [self = this->shared_from_this()](error_code error, size_t bytes) {
                             self->drained_bytes_ += bytes;
                             if (!error && self->drained_bytes_ < kDrainBytesMax) self->Drain();
                           });
}

}  // namespace cadastre::server
