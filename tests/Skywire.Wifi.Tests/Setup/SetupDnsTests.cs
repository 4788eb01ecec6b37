using System.Buffers.Binary;
using System.Text;
using Skywire.Wifi.Setup.Dns;

namespace Skywire.Wifi.Tests.Setup;

public sealed class SetupDnsTests
{
    private static readonly byte[] Page = [10, 77, 0, 1];

    [Fact]
    public void Answer_AddressQuestion_LeadsToThePage()
    {
        var question = Question("connectivitycheck.example.org", 1);
        var answer = Ask(question, out var outcome);
        Assert.Equal(DnsOutcome.Address, outcome);
        Assert.Equal("1234" + "8580" + "0001" + "0001" + "0000" + "0000", Convert.ToHexString(answer[..12]));
        Assert.Equal(question[12..], answer[12..question.Length]);
        Assert.Equal("C00C" + "0001" + "0001" + "00000005" + "0004" + "0A4D0001", Convert.ToHexString(answer[question.Length..]));
    }

    [Theory]
    [InlineData(28)]
    [InlineData(65)]
    [InlineData(255)]
    public void Answer_OtherType_IsEmptyWithoutError(ushort type)
    {
        var question = Question("example.org", type);
        var answer = Ask(question, out var outcome);
        Assert.Equal(DnsOutcome.Nothing, outcome);
        Assert.Equal(question.Length, answer.Length);
        Assert.Equal(0, answer[3] & 0x0F);
        Assert.Equal(0, BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(6)));
    }

    [Fact]
    public void Answer_ExtendedQuestion_DropsWhatStandsBehind()
    {
        var question = Question("example.org", 1);
        byte[] extended = [.. question[..11], 1, .. question[12..], 0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0];
        var answer = Ask(extended, out var outcome);
        Assert.Equal(DnsOutcome.Address, outcome);
        Assert.Equal(question.Length + 16, answer.Length);
        Assert.Equal(0, answer[11]);
    }

    [Fact]
    public void Answer_CutAtEveryByte_IsDropped()
    {
        var question = Question("www.example.org", 1);
        for (var length = 0; length < question.Length; length++)
        {
            Assert.Empty(Ask(question[..length], out var outcome));
            Assert.Equal(DnsOutcome.Malformed, outcome);
        }
    }

    [Theory]
    [InlineData(2, 0x80)] // an answer
    [InlineData(2, 0x08)] // an inverse query
    [InlineData(2, 0x02)] // cut off
    [InlineData(5, 0)] // no question
    [InlineData(5, 2)] // two
    [InlineData(7, 1)] // answers in a question
    [InlineData(12, 0xC0)] // a pointer
    [InlineData(12, 0x40)] // a kind of label that there is not
    public void Answer_NoProperQuestion_IsDropped(int at, byte value)
    {
        var question = Question("example.org", 1);
        question[at] = value;
        Assert.Empty(Ask(question, out _));
    }

    [Fact]
    public void Answer_LongestName_IsTakenAndLongerIsNot()
    {
        string Name(int last) => string.Join('.', new string('a', 63), new string('b', 63), new string('c', 63), new string('d', last));
        Assert.NotEmpty(Ask(Question(Name(61), 1), out _));
        Assert.Empty(Ask(Question(Name(62), 1), out _));
        Assert.Empty(Ask(new byte[600], out _));
    }

    private static byte[] Question(string name, ushort type) =>
    [
        0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0,
        .. name.Split('.').SelectMany(label => Encoding.ASCII.GetBytes(label).Prepend((byte)label.Length)), 0,
        (byte)(type >> 8), (byte)type, 0, 1,
    ];

    private static byte[] Ask(byte[] question, out DnsOutcome outcome)
    {
        var answer = new byte[SetupDns.MaxSize];
        answer.AsSpan().Fill(0xEE);
        return answer[..SetupDns.Answer(question, Page, answer, out outcome)];
    }
}
