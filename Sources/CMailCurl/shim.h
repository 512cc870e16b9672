// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <curl/curl.h>

// libcurl's option functions are variadic, which Swift cannot call: one typed door per kind of argument. This door is the host's
// own: ConnectorKit's is of another package, and what it shows is part of the interface of connector modules.

static inline CURLcode certway_mail_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode certway_mail_pointer(CURL *easy, CURLoption option, const void *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode certway_mail_sockopt(CURL *easy, curl_sockopt_callback function) {
    return curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, function);
}

static inline CURLcode certway_mail_code(CURL *easy, long *value) {
    return curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, value);
}

// Macros with casts do not reach Swift.
static const long certway_mail_needs_tls = CURLUSESSL_ALL;
static const size_t certway_mail_pause = CURL_READFUNC_ABORT;
