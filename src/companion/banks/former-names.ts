/**
 * Former names that payers still type, by the scheme id of the bank they lead to today. Lower case. Each entry names
 * its source; names without a source are left out. «NSPK»: the same scheme had this name in an earlier edition of
 * NSPK's own list, as kept in public repositories (`lib/data/c2bmembers_data.dart` of
 * https://github.com/smenateam/sbp).
 */
export const FORMER_NAMES: Readonly<Record<string, readonly string[]>> = {
  bank100000000004: [
    ...['тинькофф', 'tinkoff'], // NSPK
    ...['росбанк', 'rosbank'], // merged: https://interfax.com/newsroom/top-stories/107341/
  ],
  bank110000000005: [
    ...['втб24', 'банк москвы'], // merged: https://mergers.ru/news/VTB-zabudet-pro-Bank-Moskvy-56813
    ...['открытие', 'otkritie'], // bought and merged: https://interfax.com/newsroom/top-stories/79244/
    'бинбанк', // merged into Otkritie: https://rg.ru/2022/12/16/nabiullina-bank-rossii-nameren-zavershit-prodazhu-banka-otkrytie-do-konca-goda.html
    ...['возрождение', 'запсибкомбанк', 'саровбизнесбанк'], // merged: https://kommersant.ru/doc/4615797
  ],
  bank100000000010: [
    ...['промсвязьбанк', 'promsvyazbank'], // NSPK
    'связь-банк', // merged: https://finance.rambler.ru/other/41902431-promsvyazbank-okonchatelno-poglotit-svyaz-bank/
    ...['смп банк', 'мособлбанк'], // bought: https://ruscrime.com/rotenberg-got-rid-of-smp-bank
    ...['минбанк', 'московский индустриальный банк'], // handed over: https://finversia.ru/news/markets/bank-rossii-vedet-peregovory-o-peredache-minbanka-promsvyazbanku-87588
  ],
  bank100000000013: [
    ...['хоум банк', 'хоум кредит', 'home bank', 'home credit'], // bought and merged: https://kommersant.ru/doc/6522879
    'восточный', // bought and merged: https://finance.rambler.ru/business/46076821-sovkombank-obyavil-o-pokupke-doli-v-vostochnom
    'росевробанк', // merged: https://kommersant.ru/doc/3598878
  ],
  bank100000000082: ['российский капитал'], // renamed: https://abnews.ru/2018/11/23/cb-roskap
  bank100000000016: ['лето банк'], // renamed: https://kommersant.ru/gallery/2900660
  bank100000000022: ['яндекс деньги', 'yandex money'], // renamed: https://yoomoney.ru
  bank100000000150: ['акрополь'], // renamed: https://acra-ratings.ru/press-releases/3133/
  bank100000000273: ['оней банк', 'еком банк'], // renamed: https://www.rbc.ru/technology_and_media/25/02/2022/6217e97e9a794756486ef180
  bank100000000003: ['скб', 'скб-банк'], // NSPK
  bank100000000034: ['транскапитал', 'транскапиталбанк'], // NSPK
  bank100000000078: ['союз', 'банк союз', 'ингосстрах банк'], // NSPK
  bank100000000265: ['ффин банк', 'фридом финанс'], // NSPK
  bank100000000278: ['сиаб'], // NSPK
  bank100000000140: ['мир бизнес банк'], // NSPK
  bank100000000169: ['мир привилегий'], // NSPK
  bank100000000236: ['интерпрогрессбанк'], // NSPK
  bank100000000185: ['национальный инвестиционно-промышленный банк'], // NSPK
  bank100000000091: ['сургутнефтегазбанк'], // NSPK
  bank100000000122: ['татинвестбанк'], // renamed: http://tatbank.ru/?p=3777
};
