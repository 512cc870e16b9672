// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0
//
// What libcurl alone needs for the requests of an order: one easy handle, reused; bodies are read and dropped.
// Usage: http-loop EXCHANGES URL COUNT [read]
//   EXCHANGES  file written by `certway-benchmark record`
//   URL        server of `certway-benchmark answer`
//   COUNT      how many times to send all requests of the file
//   read       parse each answer with libjq, and what is PEM with OpenSSL, as every client has to
// prints {"requests":…,"seconds":…,"cpuSeconds":…} on standard output

#include <curl/curl.h>
#include <jq.h>
#include <jv.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct exchange {
    const char *method, *body;
    char *url;
    long body_size;
    struct curl_slist *headers;
};

static int reads;
static char answer[1 << 20];
static size_t answer_size;

static size_t take(char *bytes, size_t size, size_t count, void *context) {
    (void)context;
    if (!reads) return size * count;
    if (answer_size + size * count > sizeof answer) return 0;
    memcpy(answer + answer_size, bytes, size * count);
    answer_size += size * count;
    return size * count;
}

// Reads the certificates in a PEM text, alone or in PKCS #7.
static int read_pem(const char *pem, int size) {
    int found = 0;
    char *name, *header;
    unsigned char *der;
    long length;
    BIO *text = BIO_new_mem_buf(pem, size);
    while (PEM_read_bio(text, &name, &header, &der, &length) == 1) {
        const unsigned char *at = der;
        if (strcmp(name, PEM_STRING_X509) == 0) {
            X509 *certificate = d2i_X509(NULL, &at, length);
            found += certificate != NULL;
            X509_free(certificate);
        } else if (strcmp(name, PEM_STRING_PKCS7) == 0) {
            PKCS7 *message = d2i_PKCS7(NULL, &at, length);
            if (message && PKCS7_type_is_signed(message)) found += sk_X509_num(message->d.sign->cert);
            PKCS7_free(message);
        }
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_free(der);
    }
    BIO_free(text);
    return found;
}

static int is_pem(const char *text, size_t size) { return size > 11 && strncmp(text, "-----BEGIN ", 11) == 0; }

// Reads the certificates in a JSON value; consumes it.
static int read_certificates(jv value) {
    int found = 0;
    const jv_kind kind = jv_get_kind(value);
    if (kind == JV_KIND_STRING) {
        const char *text = jv_string_value(value);
        const int size = jv_string_length_bytes(jv_copy(value));
        if (is_pem(text, size)) found = read_pem(text, size);
    } else if (kind == JV_KIND_ARRAY) {
        jv_array_foreach(value, index, element) found += read_certificates(element);
    } else if (kind == JV_KIND_OBJECT) {
        jv_object_foreach(value, key, member) {
            jv_free(key);
            found += read_certificates(member);
        }
    }
    jv_free(value);
    return found;
}

static double seconds(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

// The values live as long as the program.
static const char *text(jv object, const char *key) {
    jv value = jv_object_get(jv_copy(object), jv_string(key));
    return jv_get_kind(value) == JV_KIND_STRING ? jv_string_value(value) : NULL;
}

static struct exchange prepare(jv recorded, const char *server) {
    struct exchange exchange = {.method = text(recorded, "method"), .body = text(recorded, "body")};
    const char *target = text(recorded, "target");
    if (!exchange.method || !target) {
        fputs("http-loop: an exchange without method or target\n", stderr);
        exit(1);
    }
    if (exchange.body) {
        const size_t length = strlen(exchange.body);
        unsigned char *bytes = malloc(length + 1);
        exchange.body_size = EVP_DecodeBlock(bytes, (const unsigned char *)exchange.body, (int)length);
        // The padding counts as zero bytes.
        for (size_t i = length; i > 0 && exchange.body[i - 1] == '='; i--) exchange.body_size--;
        exchange.body = (const char *)bytes;
    }
    exchange.url = malloc(strlen(server) + strlen(target) + 1);
    strcpy(exchange.url, server);
    strcat(exchange.url, target);
    jv headers = jv_object_get(jv_copy(recorded), jv_string("headers"));
    for (int i = 0; i < jv_array_length(jv_copy(headers)); i++) {
        exchange.headers = curl_slist_append(exchange.headers, jv_string_value(jv_array_get(jv_copy(headers), i)));
    }
    if (exchange.body) exchange.headers = curl_slist_append(exchange.headers, "Expect:");
    return exchange;
}

// Returns the number of certificates read.
static int send_request(CURL *easy, const struct exchange *exchange) {
    answer_size = 0;
    curl_easy_reset(easy);
    curl_easy_setopt(easy, CURLOPT_URL, exchange->url);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "Certway");
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, exchange->headers);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take);
    if (exchange->body) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, exchange->body_size);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, exchange->body);
    }
    const int is_usual = strcmp(exchange->method, exchange->body ? "POST" : "GET") == 0;
    if (!is_usual) curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, exchange->method);
    const CURLcode code = curl_easy_perform(easy);
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK || status < 200 || status > 499 || status == 404) {
        fprintf(stderr, "http-loop: %s %s: %s, status %ld\n", exchange->method, exchange->url,
                curl_easy_strerror(code), status);
        exit(1);
    }
    if (!reads) return 0;
    if (is_pem(answer, answer_size)) return read_pem(answer, (int)answer_size);
    return read_certificates(jv_parse_sized(answer, (int)answer_size));
}

int main(int argc, char **argv) {
    const long count = argc > 3 ? atol(argv[3]) : 0;
    reads = argc == 5 && strcmp(argv[4], "read") == 0;
    if (count < 1 || argc > 4 + reads) {
        fputs("usage: http-loop EXCHANGES URL COUNT [read]\n", stderr);
        return 2;
    }
    jv recorded = jv_load_file(argv[1], 0);
    if (jv_is_valid(recorded)) recorded = jv_array_get(recorded, 0);
    const int length = jv_get_kind(recorded) == JV_KIND_ARRAY ? jv_array_length(jv_copy(recorded)) : 0;
    if (length < 1 || length > 100) {
        fprintf(stderr, "http-loop: %s: expected a JSON list of 1 to 100 exchanges\n", argv[1]);
        return 1;
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    struct exchange exchanges[100];
    for (int i = 0; i < length; i++) exchanges[i] = prepare(jv_array_get(jv_copy(recorded), i), argv[2]);
    CURL *easy = curl_easy_init();
    // Warm: connection, caches.
    int found = 0;
    for (int round = 0; round < 50; round++)
        for (int i = 0; i < length; i++) found += send_request(easy, &exchanges[i]);
    if (reads && found == 0) {
        fputs("http-loop: no certificate in any answer\n", stderr);
        return 1;
    }
    const double start = seconds(CLOCK_MONOTONIC), processor_start = seconds(CLOCK_PROCESS_CPUTIME_ID);
    for (long round = 0; round < count; round++)
        for (int i = 0; i < length; i++) send_request(easy, &exchanges[i]);
    const double processor = seconds(CLOCK_PROCESS_CPUTIME_ID) - processor_start;
    const double elapsed = seconds(CLOCK_MONOTONIC) - start;
    printf("{\"requests\":%ld,\"seconds\":%.6f,\"cpuSeconds\":%.6f}\n", count * length, elapsed, processor);
    curl_easy_cleanup(easy);
    return 0;
}
