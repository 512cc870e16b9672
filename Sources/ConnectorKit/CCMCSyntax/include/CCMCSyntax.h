// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

#pragma once

// The messages of CMC (RFC 5272) as OpenSSL ASN.1 templates, so that OpenSSL reads BER and writes DER. libcrypto brings the
// CMS around them and the PKCS #10 inside, but not these.
//
// What travels unchanged (requests, names, values of controls) is an ASN1_STRING that holds its whole encoding.

#include <openssl/asn1.h>
#include <openssl/asn1t.h>

typedef struct {
    uint32_t bodyPartID;
    ASN1_OBJECT *type;
    STACK_OF(ASN1_TYPE) * values;
} CMC_CONTROL;

typedef struct {
    uint32_t bodyPartID;
    ASN1_STRING *request;
} CMC_CERTIFICATION_REQUEST;

/// OtherMsg, and the third kind of request.
typedef struct {
    uint32_t bodyPartID;
    ASN1_OBJECT *type;
    ASN1_TYPE *value;
} CMC_OTHER_MESSAGE;

enum { CMC_REQUEST_TCR = 0, CMC_REQUEST_CRM = 1, CMC_REQUEST_ORM = 2 };

typedef struct {
    int type;
    union {
        CMC_CERTIFICATION_REQUEST *tcr;
        STACK_OF(ASN1_TYPE) * crm;
        CMC_OTHER_MESSAGE *orm;
    } value;
} CMC_REQUEST;

typedef struct {
    uint32_t bodyPartID;
    ASN1_STRING *contentInfo;
} CMC_CONTENT_INFO;

typedef struct stack_st_CMC_CONTROL CMC_CONTROLS;
typedef struct stack_st_CMC_REQUEST CMC_REQUESTS;
typedef struct stack_st_CMC_CONTENT_INFO CMC_CONTENT_INFOS;
typedef struct stack_st_CMC_OTHER_MESSAGE CMC_OTHER_MESSAGES;

typedef struct {
    CMC_CONTROLS *controls;
    CMC_REQUESTS *requests;
    CMC_CONTENT_INFOS *contentInfos;
    CMC_OTHER_MESSAGES *otherMessages;
} CMC_PKI_DATA;

typedef struct {
    CMC_CONTROLS *controls;
    CMC_CONTENT_INFOS *contentInfos;
    CMC_OTHER_MESSAGES *otherMessages;
} CMC_PKI_RESPONSE;

enum { CMC_REFERENCE_ID = 0, CMC_REFERENCE_PATH = 1 };

typedef struct {
    int type;
    union {
        ASN1_INTEGER *id;
        STACK_OF(ASN1_INTEGER) * path;
    } value;
} CMC_BODY_PART_REFERENCE;

typedef struct stack_st_CMC_BODY_PART_REFERENCE CMC_BODY_PART_REFERENCES;

/// otherInfo is any type here: servers leave its tag [1] out, so that only what is inside tells the choices apart.
typedef struct {
    int64_t status;
    STACK_OF(ASN1_INTEGER) * bodyList;
    ASN1_UTF8STRING *text;
    ASN1_TYPE *otherInfo;
} CMC_STATUS_INFO;

typedef struct {
    int64_t status;
    CMC_BODY_PART_REFERENCES *bodyList;
    ASN1_UTF8STRING *text;
    ASN1_TYPE *otherInfo;
} CMC_STATUS_INFO_V2;

typedef struct {
    ASN1_OCTET_STRING *token;
    ASN1_GENERALIZEDTIME *time;
} CMC_PEND_INFO;

typedef struct {
    ASN1_OBJECT *type;
    ASN1_TYPE *value;
} CMC_EXTENDED_FAIL_INFO;

typedef struct {
    ASN1_STRING *issuer;
    ASN1_INTEGER *serialNumber;
    ASN1_ENUMERATED *reason;
    ASN1_GENERALIZEDTIME *invalidityDate;
    ASN1_OCTET_STRING *sharedSecret;
    ASN1_UTF8STRING *comment;
} CMC_REVOKE_REQUEST;

typedef struct {
    ASN1_STRING *issuer;
    ASN1_INTEGER *serialNumber;
} CMC_ISSUER_AND_SERIAL_NUMBER;

DECLARE_ASN1_FUNCTIONS(CMC_PKI_DATA)
DECLARE_ASN1_FUNCTIONS(CMC_PKI_RESPONSE)
DECLARE_ASN1_FUNCTIONS(CMC_STATUS_INFO)
DECLARE_ASN1_FUNCTIONS(CMC_STATUS_INFO_V2)
DECLARE_ASN1_FUNCTIONS(CMC_PEND_INFO)
DECLARE_ASN1_FUNCTIONS(CMC_EXTENDED_FAIL_INFO)
DECLARE_ASN1_FUNCTIONS(CMC_REVOKE_REQUEST)
DECLARE_ASN1_FUNCTIONS(CMC_ISSUER_AND_SERIAL_NUMBER)

// Parts that are made one by one; once pushed, the message frees them.
DECLARE_ASN1_ALLOC_FUNCTIONS(CMC_CONTROL)
DECLARE_ASN1_ALLOC_FUNCTIONS(CMC_CERTIFICATION_REQUEST)
DECLARE_ASN1_ALLOC_FUNCTIONS(CMC_OTHER_MESSAGE)
DECLARE_ASN1_ALLOC_FUNCTIONS(CMC_REQUEST)
DECLARE_ASN1_ALLOC_FUNCTIONS(CMC_CONTENT_INFO)
DECLARE_ASN1_ALLOC_FUNCTIONS(CMC_BODY_PART_REFERENCE)

/// Reads extendedFailInfo with the tag [1] that the ASN.1 module gives it.
CMC_EXTENDED_FAIL_INFO *certway_read_tagged_extended_fail_info(const unsigned char **bytes, long count);
