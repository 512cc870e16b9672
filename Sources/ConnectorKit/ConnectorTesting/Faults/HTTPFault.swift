// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import HTTPTransport

/// What goes wrong with one HTTP exchange.
public enum HTTPFault: Sendable {
    /// The server gets the request and does its work; the answer never arrives.
    case loseAnswer
    case timeOutBeforeSending
    /// Like `loseAnswer`, but by waiting too long.
    case timeOutAfterSending
    case refuseConnection
    case distrustServer
    /// Nobody answers until that time or the time of the request is over, or the task is cancelled.
    case hang(Duration)
    /// The request does not leave; this is the answer.
    case answer(HTTPResponse)
    /// The server gets the request and does its work; another answer arrives.
    case replaceAnswer(@Sendable (HTTPResponse) -> HTTPResponse)
}
