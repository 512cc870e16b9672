// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0
//
// What libcurl alone needs for the requests of an order: one easy handle, reused; bodies are read and dropped.
// Usage: http-loop EXCHANGES URL COUNT [read [OPERATOR]]
//   EXCHANGES  file written by `certway-benchmark record`
//   URL        server of `certway-benchmark answer`
//   COUNT      how many times to send all requests of the file
//   read       do with each answer what every client has to: parse JSON with libjq or XML with libxml2, verify signed messages
//              and read certificates with OpenSSL
//   OPERATOR   PEM file with certificate and key that sign each request, for CMC
// prints {"requests":…,"seconds":…,"cpuSeconds":…} on standard output

#include <curl/curl.h>
#include <jq.h>
#include <jv.h>
#include <libxml/parser.h>
#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
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

static int is_certificate(const unsigned char *der, long length) {
    X509 *certificate = d2i_X509(NULL, &der, length);
    X509_free(certificate);
    return certificate != NULL;
}

// Reads the certificates in DER, alone or in a message.
static int read_der(const unsigned char *der, long length) {
    if (is_certificate(der, length)) return 1;
    const unsigned char *at = der;
    PKCS7 *message = d2i_PKCS7(NULL, &at, length);
    const int found = message && PKCS7_type_is_signed(message) ? sk_X509_num(message->d.sign->cert) : 0;
    PKCS7_free(message);
    return found;
}

// Reads the certificate in a text of base64, of which one CA makes base64 again.
static int read_base64(const char *text, size_t size) {
    if (size < 400 || size > sizeof answer) return 0;
    unsigned char *bytes = malloc(size);
    int length = 0, last = 0;
    EVP_ENCODE_CTX *context = EVP_ENCODE_CTX_new();
    EVP_DecodeInit(context);
    int found = EVP_DecodeUpdate(context, bytes, &length, (const unsigned char *)text, (int)size) >= 0
        && EVP_DecodeFinal(context, bytes + length, &last) == 1;
    EVP_ENCODE_CTX_free(context);
    if (found) found = bytes[0] == 0x30 ? read_der(bytes, length + last) : read_base64((char *)bytes, length + last);
    free(bytes);
    return found;
}

static int read_nodes(const xmlNode *node) {
    int found = 0;
    for (; node; node = node->next) {
        if (node->type == XML_ELEMENT_NODE) found += read_nodes(node->children);
        if (node->type != XML_TEXT_NODE && node->type != XML_CDATA_SECTION_NODE) continue;
        const char *text = (const char *)node->content;
        const size_t size = strlen(text);
        found += is_pem(text, size) ? read_pem(text, (int)size) : read_base64(text, size);
    }
    return found;
}

static int read_xml(const char *xml, int size) {
    xmlDoc *document = xmlReadMemory(xml, size, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    if (!document) return 0;
    const int found = read_nodes(xmlDocGetRootElement(document));
    xmlFreeDoc(document);
    return found;
}

// Reads the certificates of a PKCS #7 message; a signed one is verified by them, one that only carries them has no signers.
static int read_message(const unsigned char *der, long size) {
    BIO *in = BIO_new_mem_buf(der, (int)size), *out = BIO_new(BIO_s_null());
    CMS_ContentInfo *message = d2i_CMS_bio(in, NULL);
    const int is_signed = message && sk_CMS_SignerInfo_num(CMS_get0_SignerInfos(message)) > 0;
    if (!message
        || (is_signed && CMS_verify(message, NULL, NULL, NULL, out, CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) != 1)) {
        fputs("http-loop: an answer whose signature is not right\n", stderr);
        exit(1);
    }
    STACK_OF(X509) *certificates = CMS_get1_certs(message);
    const int found = sk_X509_num(certificates);
    sk_X509_pop_free(certificates, X509_free);
    CMS_ContentInfo_free(message);
    BIO_free(in);
    BIO_free(out);
    return found;
}

static int read_answer(void) {
    if (answer_size == 0) return 0;
    if (is_pem(answer, answer_size)) return read_pem(answer, (int)answer_size);
    if (answer[0] == 0x30) {
        const unsigned char *der = (const unsigned char *)answer;
        return is_certificate(der, (long)answer_size) ? 1 : read_message(der, (long)answer_size);
    }
    // Pages for people are no XML; every client looks for a few words in them.
    if (strncasecmp(answer, "<html", 5) == 0 || strncasecmp(answer, "<!doctype", 9) == 0) return 0;
    if (answer[0] == '<') return read_xml(answer, (int)answer_size);
    return read_certificates(jv_parse_sized(answer, (int)answer_size));
}

static X509 *operator_certificate;
static EVP_PKEY *operator_key;

static void read_operator(const char *path) {
    BIO *file = BIO_new_file(path, "r");
    operator_certificate = file ? PEM_read_bio_X509(file, NULL, NULL, NULL) : NULL;
    BIO_free(file);
    file = BIO_new_file(path, "r");
    operator_key = file ? PEM_read_bio_PrivateKey(file, NULL, NULL, NULL) : NULL;
    BIO_free(file);
    if (operator_certificate && operator_key) return;
    fprintf(stderr, "http-loop: %s: expected a certificate and its key as PEM\n", path);
    exit(1);
}

// The content of a recorded request under a new signature; the caller frees it.
static unsigned char *sign(const struct exchange *exchange, long *size) {
    const unsigned char *at = (const unsigned char *)exchange->body;
    CMS_ContentInfo *recorded = d2i_CMS_ContentInfo(NULL, &at, exchange->body_size);
    ASN1_OCTET_STRING **content = recorded ? CMS_get0_content(recorded) : NULL;
    unsigned char *der = NULL;
    if (content && *content) {
        BIO *in = BIO_new_mem_buf(ASN1_STRING_get0_data(*content), ASN1_STRING_length(*content));
        const unsigned flags = CMS_BINARY | CMS_PARTIAL | CMS_NOSMIMECAP;
        CMS_ContentInfo *message = CMS_sign(operator_certificate, operator_key, NULL, in, flags);
        if (message && CMS_set1_eContentType(message, CMS_get0_eContentType(recorded))
            && CMS_final(message, in, NULL, flags))
            *size = i2d_CMS_ContentInfo(message, &der);
        CMS_ContentInfo_free(message);
        BIO_free(in);
    }
    CMS_ContentInfo_free(recorded);
    if (der) return der;
    fprintf(stderr, "http-loop: %s %s: no signed message\n", exchange->method, exchange->url);
    exit(1);
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
    unsigned char *signed_body = NULL;
    if (exchange->body) {
        long size = exchange->body_size;
        if (operator_key) signed_body = sign(exchange, &size);
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, size);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, signed_body ? (const char *)signed_body : exchange->body);
    }
    const int is_usual = strcmp(exchange->method, exchange->body ? "POST" : "GET") == 0;
    if (!is_usual) curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, exchange->method);
    const CURLcode code = curl_easy_perform(easy);
    OPENSSL_free(signed_body);
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK || status < 200 || status > 499 || status == 404) {
        fprintf(stderr, "http-loop: %s %s: %s, status %ld\n", exchange->method, exchange->url,
                curl_easy_strerror(code), status);
        exit(1);
    }
    return reads ? read_answer() : 0;
}

int main(int argc, char **argv) {
    const long count = argc > 3 ? atol(argv[3]) : 0;
    reads = argc > 4 && strcmp(argv[4], "read") == 0;
    if (count < 1 || argc > (reads ? 6 : 4)) {
        fputs("usage: http-loop EXCHANGES URL COUNT [read [OPERATOR]]\n", stderr);
        return 2;
    }
    if (argc == 6) read_operator(argv[5]);
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
