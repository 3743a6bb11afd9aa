#include "why.h"

#include <curl/curl.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

const char *
why_in_chinese(const char *english)
{
    static const struct {
        int number;
        const char *zh;
    } causes[] = {
        {ENOENT, "没有这个文件或文件夹，请核对路径"},
        {EACCES, "没有权限，请检查文件和所在文件夹的权限"},
        {EPERM, "没有权限，请检查文件和所在文件夹的权限"},
        {ENOSPC, "磁盘已满，请腾出空间后重试"},
        {EDQUOT, "磁盘配额已用完，请腾出空间后重试"},
        {EROFS, "所在磁盘是只读的，请换一个位置"},
        {EISDIR, "这是文件夹，请给出文件的路径"},
        {ENOTDIR, "路径中有一段不是文件夹，请核对路径"},
        {EEXIST, "文件已存在，请换一个文件名"},
        {ENAMETOOLONG, "文件名过长，请换一个较短的"},
        {EIO, "磁盘读写出错，请检查磁盘"},
        {EMFILE, "打开的文件过多，请关闭一些程序后重试"},
    };
    static const struct {
        const char *en, *zh;
    } phrases[] = {
        {"the file does not exist", "没有这个文件，请核对路径"},
        {"the file cannot be opened", "无法打开，请检查文件和所在文件夹的权限"},
        {"the file cannot be read", "读取出错，请检查磁盘"},
        {"the file exists already", "文件已存在，请换一个文件名"},
        {"the file cannot be made", "无法新建，请检查所在文件夹和权限"},
        {"the file cannot be written", "写入出错，请检查磁盘空间"},
        {"the file is too long", "文件过长，不是私钥文件"},
        {"the file is not a regular file", "不是普通文件"},
        {"the file is open to others than its owner (chmod 600)",
         "文件可被他人读取，请用 chmod 600 改为仅本人可读"},
        {"the key is longer than 4096 bytes", "文件超过 4096 字节，不是私钥文件"},
        {"the key is not PKCS#8 in PEM", "不是 PEM 格式的 PKCS#8 私钥"},
        {"the key is encrypted, and there is no passphrase", "私钥已加密，没有给出口令"},
        {"the passphrase is longer than 1024 bytes", "口令超过 1024 字节，请换一个较短的"},
        {"the key is too long", "私钥过长"},
        {"the passphrase is wrong, or the key is damaged", "口令不对，或私钥已损坏"},
        {"the key is damaged", "私钥已损坏"},
        {"the key is none of Ed25519, P-256 and SM2", "不是 Ed25519、P-256 或 SM2 私钥"},
        {"the checkpoint has no origin", "检查点没有日志名"},
        {"the checkpoint has no size", "检查点没有日志大小"},
        {"the checkpoint has no root hash", "检查点没有根哈希"},
        {"the checkpoint has an empty line", "检查点中有空行"},
        {"the checkpoint does not end in a newline", "检查点末尾没有换行"},
        {"the checkpoint is of another log", "检查点属于另一个日志"},
        {"the note has no signature", "没有签名"},
        {"the note has too many signatures", "签名过多"},
        {"the note has a malformed signature line", "签名行的格式不对"},
        {"the note does not end in a newline", "末尾没有换行"},
        {"the note is too long", "检查点过长"},
        {"the note is not UTF-8 without control characters", "含有控制字符，或不是 UTF-8"},
        {"the note has no empty line before its signatures", "签名之前没有空行"},
        {"a signature of a known key is wrong", "银行的签名不对"},
        {"no known key signed the note", "没有该银行公钥的签名"},
        {"the proof has a malformed hash", "有一个哈希的格式不对"},
        {"the proof is too long", "证明过长"},
        {"the proof has no empty line before its checkpoint", "检查点之前没有空行"},
        {"the proof is not a tlog-proof of version 1", "不是第 1 版的 tlog-proof"},
        {"the proof has no index", "没有条目号"},
        {"the proof has malformed extra data", "附加数据的格式不对"},
        {"the entry is not in the log at this index", "日志的该位置上不是这条记录"},
    };

    for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
        if (strcmp(strerror(causes[i].number), english) == 0)
            return causes[i].zh;
    for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++)
        if (strcmp(phrases[i].en, english) == 0)
            return phrases[i].zh;
    return NULL;
}

/* Verdicts of OpenSSL on a certificate, which libcurl hands through: openssl/x509_vfy.h. */
enum {
    VERIFY_NOT_YET_VALID = 9,
    VERIFY_EXPIRED = 10,
    VERIFY_SELF_SIGNED = 18,
    VERIFY_SELF_SIGNED_IN_CHAIN = 19,
    VERIFY_NO_ISSUER = 20,
    VERIFY_NO_ISSUER_OF_LEAF = 21,
    VERIFY_WRONG_NAME = 62,
    VERIFY_WRONG_ADDRESS = 64,
};

static const char *
certificate_in_chinese(const struct why_network *why)
{
    switch (why->verify) {
    case VERIFY_NOT_YET_VALID:
        return "服务器的证书尚未生效，请核对本机时间";
    case VERIFY_EXPIRED:
        return "服务器的证书已过期，请核对本机时间，或通知学分银行更换证书";
    case VERIFY_SELF_SIGNED:
    case VERIFY_SELF_SIGNED_IN_CHAIN:
    case VERIFY_NO_ISSUER:
    case VERIFY_NO_ISSUER_OF_LEAF:
        return "服务器的证书不受信任，请用 creditbank profile set 的 --ca 指定学分银行的 CA 证书";
    case VERIFY_WRONG_NAME:
    case VERIFY_WRONG_ADDRESS:
        return "服务器的证书不是发给这个名称的，请核对服务器地址";
    default:
        /* libcurl compares the name by itself, when the chain is good. */
        return strstr(why->text, "name") != NULL
                   ? "服务器的证书不是发给这个名称的，请核对服务器地址"
                   : NULL;
    }
}

static const char *
connection_in_chinese(const struct why_network *why)
{
    switch (why->os_errno) {
    case ECONNREFUSED:
        return "连接被拒绝：那里没有服务，请核对服务器地址和端口";
    case ENETUNREACH:
    case EHOSTUNREACH:
        return "网络不通，请检查网络连接";
    case ETIMEDOUT:
        return "连接超时，请检查网络和服务器地址";
    default:
        return "连接不上，请核对服务器地址和端口，检查网络";
    }
}

const char *
why_network_in_chinese(const struct why_network *why)
{
    switch (why->code) {
    case CURLE_COULDNT_RESOLVE_HOST:
        return "找不到服务器的名称，请核对服务器地址，检查网络";
    case CURLE_COULDNT_RESOLVE_PROXY:
        return "找不到代理服务器的名称，请检查代理设置";
    case CURLE_COULDNT_CONNECT:
        return connection_in_chinese(why);
    case CURLE_OPERATION_TIMEDOUT:
        return "等待超时，请检查网络，稍后重试";
    case CURLE_PEER_FAILED_VERIFICATION:
        return certificate_in_chinese(why);
    case CURLE_SSL_CACERT_BADFILE:
        return "无法读取 CA 证书文件，请核对配置档案中的 ca";
    case CURLE_SSL_CONNECT_ERROR:
        return "无法建立 TLS 1.3 连接，请核对服务器地址和端口";
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_PARTIAL_FILE:
        return "连接中断，请检查网络";
    default:
        return NULL;
    }
}
